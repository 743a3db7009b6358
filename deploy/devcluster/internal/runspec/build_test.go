package runspec

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/ptr"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/datadir"
)

const dir = datadir.PodDir("/pods/u")

// store holds Secrets and ConfigMaps by name.
type store map[string]map[string]string

func (s store) Secret(_ context.Context, _, name string) (*v1.Secret, error) {
	content, err := s.get("secrets", name)
	secret := &v1.Secret{Data: map[string][]byte{}}
	for key, text := range content {
		secret.Data[key] = []byte(text)
	}
	return secret, err
}

func (s store) ConfigMap(_ context.Context, _, name string) (*v1.ConfigMap, error) {
	content, err := s.get("configmaps", name)
	return &v1.ConfigMap{Data: content}, err
}

func (s store) get(kind, name string) (map[string]string, error) {
	if content, ok := s[kind+"/"+name]; ok {
		return content, nil
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: kind}, name)
}

func builder() Builder {
	return Builder{
		Objects: store{
			"secrets/s":    {"key": "see /work"},
			"configmaps/c": {"one": "1", "path": "/work/x", "not=a-name": "2"},
		},
		Service:   map[string]string{"KUBERNETES_SERVICE_PORT": "6443"},
		Inherited: map[string]string{"AMBIENT_HOME": "/ambient"},
		Path:      []string{"/opt/bin", "/bin"},
	}
}

func pod(c v1.Container) *v1.Pod {
	p := &v1.Pod{Spec: v1.PodSpec{Containers: []v1.Container{c}}}
	p.Name, p.Namespace = "web", "shop"
	return p
}

func TestAnEnvironmentIsResolvedInTheOrderOfTheSpec(t *testing.T) {
	from := func(name string) v1.LocalObjectReference { return v1.LocalObjectReference{Name: name} }
	c := v1.Container{
		Command:      []string{"run", "$(B)", "$$(B)", "/work/$(B)"},
		VolumeMounts: []v1.VolumeMount{{Name: "w", MountPath: "/work"}},
		EnvFrom: []v1.EnvFromSource{
			{Prefix: "C_", ConfigMapRef: &v1.ConfigMapEnvSource{LocalObjectReference: from("c")}},
			{SecretRef: &v1.SecretEnvSource{LocalObjectReference: from("none"), Optional: ptr.To(true)}},
		},
		Env: []v1.EnvVar{
			{Name: "C_one", Value: "over"},
			{Name: "B", Value: "$(C_one)-$(LATER)-$(KUBERNETES_SERVICE_PORT)"},
			{Name: "LATER", Value: "x"},
			{Name: "S", ValueFrom: &v1.EnvVarSource{SecretKeyRef: &v1.SecretKeySelector{LocalObjectReference: from("s"), Key: "key"}}},
			{Name: "POD", ValueFrom: &v1.EnvVarSource{FieldRef: &v1.ObjectFieldSelector{FieldPath: "metadata.name"}}},
			{Name: "IP", ValueFrom: &v1.EnvVarSource{FieldRef: &v1.ObjectFieldSelector{FieldPath: "status.podIP"}}},
			{Name: "HOME", Value: "/work"},
		},
	}

	spec, err := builder().Build(t.Context(), pod(c), &c, dir)
	if err != nil {
		t.Fatal(err)
	}

	wantCommand := []string{"run", "over-$(LATER)-6443", "$(B)", "/pods/u/volumes/w/over-$(LATER)-6443"}
	if !slices.Equal(spec.Command, wantCommand) {
		t.Errorf("the command is %q", spec.Command)
	}
	wantEnv := []string{
		"AMBIENT_HOME=/ambient",
		"B=over-$(LATER)-6443",
		"C_one=over",
		"C_path=/pods/u/volumes/w/x",
		"HOME=/pods/u/volumes/w",
		"HOSTNAME=web",
		"IP=127.0.0.1",
		"KUBERNETES_SERVICE_PORT=6443",
		"LATER=x",
		"PATH=/opt/bin:/bin",
		"POD=web",
		"S=see /work", // a credential stays as it is
	}
	if !slices.Equal(spec.Env, wantEnv) {
		t.Errorf("the environment is\n%s", strings.Join(spec.Env, "\n"))
	}
	if spec.Dir != "/pods/u/home" {
		t.Errorf("it starts in %s", spec.Dir)
	}
}

func TestWhatCannotBeResolvedIsNamed(t *testing.T) {
	secret := func(name, key string) v1.Container {
		return v1.Container{Command: []string{"run"}, Env: []v1.EnvVar{{Name: "X", ValueFrom: &v1.EnvVarSource{
			SecretKeyRef: &v1.SecretKeySelector{LocalObjectReference: v1.LocalObjectReference{Name: name}, Key: key}}}}}
	}
	for says, c := range map[string]v1.Container{
		`"none" not found`:                        secret("none", "key"),
		"couldn't find key none in Secret shop/s": secret("s", "none"),
		"has no command":                          {},
		"not subPathExpr":                         {Command: []string{"run"}, VolumeMounts: []v1.VolumeMount{{SubPathExpr: "$(X)"}}},
	} {
		if _, err := builder().Build(t.Context(), pod(c), &c, dir); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say: %s", err, says)
		}
	}
	if _, err := builder().Build(t.Context(), pod(v1.Container{}), &v1.Container{}, dir); !errors.Is(err, ErrNoCommand) {
		t.Errorf("%v is not ErrNoCommand", err)
	}
}
