package runspec

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/container"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/datadir"
)

// Builder holds what is the same for each container of the node.
type Builder struct {
	Objects     Objects
	Allocatable v1.ResourceList
	// Service tells a container where the API server is.
	Service map[string]string
	// Inherited go to each container, whatever its spec says.
	Inherited map[string]string
	// Path are the folders where programs are looked for.
	Path []string
}

// ErrNoCommand says that a container counts on its image to know the program.
var ErrNoCommand = errors.New("the container has no command, and this node has no image to take an entrypoint from: set command")

var (
	errSubPathExpr = errors.New("this node knows subPath, not subPathExpr")
	errSidecar     = errors.New("this node knows no init container that goes on running (restartPolicy Always)")
)

// Build resolves a container of the Pod; its log and its folders are named, not made.
func (b Builder) Build(ctx context.Context, pod *v1.Pod, c *v1.Container, dir datadir.PodDir) (container.Spec, error) {
	if podutil.IsRestartableInitContainer(c) {
		return container.Spec{}, errSidecar
	}
	if len(c.Command) == 0 {
		return container.Spec{}, ErrNoCommand
	}
	if slices.ContainsFunc(c.VolumeMounts, func(m v1.VolumeMount) bool { return m.SubPathExpr != "" }) {
		return container.Spec{}, errSubPathExpr
	}
	env, err := b.environment(ctx, pod, c)
	if err != nil {
		return container.Spec{}, err
	}
	paths := PathsOf(c, dir)
	spec := container.Spec{
		Dir:  paths.In(c.WorkingDir),
		Path: b.Path,
	}
	if spec.Dir == "" {
		spec.Dir = dir.Home()
	}
	for _, word := range slices.Concat(c.Command, c.Args) {
		spec.Command = append(spec.Command, paths.In(expand(word, env.values)))
	}
	if own, ok := env.values["PATH"]; ok {
		spec.Path = slices.Concat(spec.Path, filepath.SplitList(own))
	}
	spec.Env = b.render(pod, env, paths, dir)
	return spec, nil
}

// render writes the variables as a process takes them, sorted, with those that a
// container runtime would add.
func (b Builder) render(pod *v1.Pod, env variables, paths Paths, dir datadir.PodDir) []string {
	all := map[string]string{
		"HOME":     dir.Home(),
		"HOSTNAME": pod.Name,
		"PATH":     strings.Join(b.Path, string(os.PathListSeparator)),
	}
	for name, text := range env.values {
		if !env.secrets[name] {
			text = paths.In(text)
		}
		all[name] = text
	}
	for name, text := range b.Inherited {
		all[name] = text
	}
	var lines []string
	for name, text := range all {
		lines = append(lines, name+"="+text)
	}
	slices.Sort(lines)
	return lines
}
