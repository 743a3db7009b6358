// Package volume fills the folders that stand for a Pod's volumes.
package volume

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"

	authenticationv1 "k8s.io/api/authentication/v1"
	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/volume/configmap"
	"k8s.io/kubernetes/pkg/volume/secret"
	"k8s.io/kubernetes/pkg/volume/util"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/runspec"
)

// payload is the files of a volume by their path in it.
type payload map[string]util.FileProjection

// TokenSource gives ServiceAccount tokens, and a new one when an old one ages.
type TokenSource interface {
	GetServiceAccountToken(namespace, name string, request *authenticationv1.TokenRequest) (*authenticationv1.TokenRequest, error)
	DeleteServiceAccountToken(pod types.UID)
}

func (f Filler) secret(ctx context.Context, pod *v1.Pod, name string, items []v1.KeyToPath, mode *int32, optional *bool) (payload, error) {
	object, err := f.Objects.Secret(ctx, pod.Namespace, name)
	if missing(err, optional) {
		object, err = &v1.Secret{}, nil
	}
	if err != nil {
		return nil, err
	}
	return secret.MakePayload(items, object, mode, optional != nil && *optional)
}

func (f Filler) configMap(ctx context.Context, pod *v1.Pod, name string, items []v1.KeyToPath, mode *int32, optional *bool) (payload, error) {
	object, err := f.Objects.ConfigMap(ctx, pod.Namespace, name)
	if missing(err, optional) {
		object, err = &v1.ConfigMap{}, nil
	}
	if err != nil {
		return nil, err
	}
	return configmap.MakePayload(items, object, mode, optional != nil && *optional)
}

func (f Filler) downwardAPI(pod *v1.Pod, items []v1.DownwardAPIVolumeFile, mode *int32) (payload, error) {
	files := payload{}
	for _, item := range items {
		text, err := runspec.FileValue(pod, item, f.Allocatable)
		if err != nil {
			return nil, err
		}
		file := util.FileProjection{Data: []byte(text), Mode: *mode}
		if item.Mode != nil {
			file.Mode = *item.Mode
		}
		files[filepath.Clean(item.Path)] = file
	}
	return files, nil
}

func (f Filler) token(pod *v1.Pod, projection *v1.ServiceAccountTokenProjection, mode *int32) (payload, error) {
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: projection.ExpirationSeconds,
		BoundObjectRef: &authenticationv1.BoundObjectReference{
			APIVersion: "v1", Kind: "Pod", Name: pod.Name, UID: pod.UID,
		},
	}}
	if projection.Audience != "" {
		request.Spec.Audiences = []string{projection.Audience}
	}
	answer, err := f.Tokens.GetServiceAccountToken(pod.Namespace, pod.Spec.ServiceAccountName, request)
	if err != nil {
		return nil, err
	}
	return payload{projection.Path: {Data: []byte(answer.Status.Token), Mode: *mode}}, nil
}

func (f Filler) projected(ctx context.Context, pod *v1.Pod, volume *v1.ProjectedVolumeSource) (payload, error) {
	all := payload{}
	for _, source := range volume.Sources {
		var part payload
		var err error
		switch {
		case source.Secret != nil:
			part, err = f.secret(ctx, pod, source.Secret.Name, source.Secret.Items, volume.DefaultMode, source.Secret.Optional)
		case source.ConfigMap != nil:
			part, err = f.configMap(ctx, pod, source.ConfigMap.Name, source.ConfigMap.Items, volume.DefaultMode, source.ConfigMap.Optional)
		case source.DownwardAPI != nil:
			part, err = f.downwardAPI(pod, source.DownwardAPI.Items, volume.DefaultMode)
		case source.ServiceAccountToken != nil:
			part, err = f.token(pod, source.ServiceAccountToken, volume.DefaultMode)
		default:
			err = fmt.Errorf("this node projects Secrets, ConfigMaps, fields and ServiceAccount tokens alone")
		}
		if err != nil {
			return nil, err
		}
		maps.Copy(all, part)
	}
	return all, nil
}

func missing(err error, optional *bool) bool {
	return optional != nil && *optional && apierrors.IsNotFound(err)
}
