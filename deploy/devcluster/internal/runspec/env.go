package runspec

import (
	"context"
	"fmt"
	"strings"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"
)

// variables are a container's environment. Those from a Secret are marked, as
// they are credentials, of which no byte may be replaced.
type variables struct {
	values  map[string]string
	secrets map[string]bool
}

func (v variables) set(name, value string, secret bool) {
	v.values[name] = value
	v.secrets[name] = secret
}

// environment resolves envFrom and env, in this order, later over earlier.
func (b Builder) environment(ctx context.Context, pod *v1.Pod, container *v1.Container) (variables, error) {
	env := variables{map[string]string{}, map[string]bool{}}
	for name, value := range b.Service {
		env.set(name, value, false)
	}
	for _, from := range container.EnvFrom {
		if err := b.addAll(ctx, pod.Namespace, from, env); err != nil {
			return env, err
		}
	}
	for _, variable := range container.Env {
		if variable.ValueFrom == nil {
			// A value may name the variables that stand before it.
			env.set(variable.Name, expand(variable.Value, env.values), false)
			continue
		}
		text, found, err := b.valueFrom(ctx, pod, container, variable.ValueFrom)
		if err != nil {
			return env, err
		}
		if found {
			env.set(variable.Name, text, variable.ValueFrom.SecretKeyRef != nil)
		}
	}
	return env, nil
}

func (b Builder) addAll(ctx context.Context, namespace string, from v1.EnvFromSource, env variables) error {
	var content data
	var err error
	var optional *bool
	switch {
	case from.SecretRef != nil:
		content, err = secretData(ctx, b.Objects, namespace, from.SecretRef.Name)
		optional = from.SecretRef.Optional
	case from.ConfigMapRef != nil:
		content, err = configMapData(ctx, b.Objects, namespace, from.ConfigMapRef.Name)
		optional = from.ConfigMapRef.Optional
	}
	if apierrors.IsNotFound(err) && optional != nil && *optional {
		return nil
	}
	for key, text := range content {
		// A key that cannot name a variable is left out, as a kubelet does.
		if name := from.Prefix + key; !strings.ContainsAny(name, "=\x00") {
			env.set(name, string(text), from.SecretRef != nil)
		}
	}
	return err
}

func (b Builder) valueFrom(ctx context.Context, pod *v1.Pod, container *v1.Container, from *v1.EnvVarSource) (text string, found bool, err error) {
	switch {
	case from.SecretKeyRef != nil:
		ref := from.SecretKeyRef
		content, err := secretData(ctx, b.Objects, pod.Namespace, ref.Name)
		return value(content, err, "Secret", pod.Namespace+"/"+ref.Name, ref.Key, ref.Optional)
	case from.ConfigMapKeyRef != nil:
		ref := from.ConfigMapKeyRef
		content, err := configMapData(ctx, b.Objects, pod.Namespace, ref.Name)
		return value(content, err, "ConfigMap", pod.Namespace+"/"+ref.Name, ref.Key, ref.Optional)
	case from.FieldRef != nil:
		text, err = field(pod, from.FieldRef.FieldPath)
		return text, true, err
	case from.ResourceFieldRef != nil:
		text, err = resourceField(pod, container.Name, from.ResourceFieldRef, b.Allocatable)
		return text, true, err
	}
	return "", false, fmt.Errorf("this node reads a variable from a Secret, a ConfigMap, a field or a resource alone")
}

// expand replaces $(NAME) by a variable's value, as the API describes it: an
// unknown name stays, and $$ is a dollar sign.
func expand(text string, values map[string]string) string {
	return expansion.Expand(text, expansion.MappingFuncFor(values))
}
