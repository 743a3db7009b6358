package runspec

import (
	"context"
	"fmt"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Objects reads what a Pod refers to, in its namespace.
type Objects interface {
	Secret(ctx context.Context, namespace, name string) (*v1.Secret, error)
	ConfigMap(ctx context.Context, namespace, name string) (*v1.ConfigMap, error)
}

// data is the content of a Secret or a ConfigMap.
type data map[string][]byte

func secretData(ctx context.Context, objects Objects, namespace, name string) (data, error) {
	secret, err := objects.Secret(ctx, namespace, name)
	if err != nil {
		return nil, err
	}
	return secret.Data, nil
}

func configMapData(ctx context.Context, objects Objects, namespace, name string) (data, error) {
	configMap, err := objects.ConfigMap(ctx, namespace, name)
	if err != nil {
		return nil, err
	}
	content := data(configMap.BinaryData)
	if content == nil {
		content = data{}
	}
	for key, value := range configMap.Data {
		content[key] = []byte(value)
	}
	return content, nil
}

// value picks one key; found is false where it is missing and may be.
func value(content data, err error, kind, name, key string, optional *bool) (text string, found bool, _ error) {
	mayMiss := optional != nil && *optional
	if apierrors.IsNotFound(err) && mayMiss {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	bytes, ok := content[key]
	if !ok && !mayMiss {
		return "", false, fmt.Errorf("couldn't find key %s in %s %s", key, kind, name)
	}
	return string(bytes), ok, nil
}
