package volume

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/volume/util"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/datadir"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/runspec"
)

// Filler makes the volumes of Pods.
type Filler struct {
	Objects     runspec.Objects
	Tokens      TokenSource
	Allocatable v1.ResourceList
}

// Fill brings all volumes of a Pod to what they should hold. Called again, it
// follows changes of Secrets and ConfigMaps and renews tokens; files change as a
// whole, through the symbolic links that a kubelet also uses.
func (f Filler) Fill(ctx context.Context, pod *v1.Pod, dir datadir.PodDir) error {
	for i := range pod.Spec.Volumes {
		volume := &pod.Spec.Volumes[i]
		if err := f.fill(ctx, pod, volume, dir.Volume(volume.Name)); err != nil {
			return fmt.Errorf("volume %q: %w", volume.Name, err)
		}
	}
	return makeSubPaths(pod, dir)
}

// Forget drops what is kept of a Pod that is gone.
func (f Filler) Forget(pod *v1.Pod) { f.Tokens.DeleteServiceAccountToken(pod.UID) }

func (f Filler) fill(ctx context.Context, pod *v1.Pod, volume *v1.Volume, folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	var files payload
	var err error
	switch {
	case volume.EmptyDir != nil:
		return nil
	case volume.Secret != nil:
		files, err = f.secret(ctx, pod, volume.Secret.SecretName, volume.Secret.Items, volume.Secret.DefaultMode, volume.Secret.Optional)
	case volume.ConfigMap != nil:
		files, err = f.configMap(ctx, pod, volume.ConfigMap.Name, volume.ConfigMap.Items, volume.ConfigMap.DefaultMode, volume.ConfigMap.Optional)
	case volume.DownwardAPI != nil:
		files, err = f.downwardAPI(pod, volume.DownwardAPI.Items, volume.DownwardAPI.DefaultMode)
	case volume.Projected != nil:
		files, err = f.projected(ctx, pod, volume.Projected)
	default:
		return fmt.Errorf("this node has emptyDir, secret, configMap, downwardAPI and projected volumes alone")
	}
	if err != nil {
		return err
	}
	writer, err := util.NewAtomicWriter(folder, "pod "+pod.Namespace+"/"+pod.Name+" volume "+volume.Name)
	if err != nil {
		return err
	}
	return writer.Write(files, nil)
}

// makeSubPaths makes the folder that a mount's subPath names where it is missing.
func makeSubPaths(pod *v1.Pod, dir datadir.PodDir) error {
	for _, container := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		for _, mount := range container.VolumeMounts {
			path := filepath.Join(dir.Volume(mount.Name), mount.SubPath)
			if _, err := os.Stat(path); err == nil {
				continue // a subPath may also name a file
			}
			if err := os.MkdirAll(path, 0o700); err != nil {
				return err
			}
		}
	}
	return nil
}
