package runspec

import (
	"testing"

	v1 "k8s.io/api/core/v1"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/datadir"
)

func TestAMountPathIsReplacedWhereAPathBegins(t *testing.T) {
	paths := PathsOf(&v1.Container{
		Name:                   "main",
		TerminationMessagePath: "/dev/termination-log",
		VolumeMounts: []v1.VolumeMount{
			{Name: "root", MountPath: "/"},
			{Name: "app", MountPath: "/etc/app/"},
			{Name: "inner", MountPath: "/etc/app/tls"},
			{Name: "part", MountPath: "/srv", SubPath: "sub/one"},
		},
	}, datadir.PodDir("/pods/u"))
	for text, want := range map[string]string{
		"/etc/app":                      "/pods/u/volumes/app",
		"/etc/app/key":                  "/pods/u/volumes/app/key",
		"/etc/app/tls/ca":               "/pods/u/volumes/inner/ca",
		"--file=/etc/app/a,/etc/app/b":  "--file=/pods/u/volumes/app/a,/pods/u/volumes/app/b",
		`sh -c "cat '/etc/app/x'"`:      `sh -c "cat '/pods/u/volumes/app/x'"`,
		"file:///etc/app/x":             "file:///pods/u/volumes/app/x",
		"/srv/x:/usr/bin":               "/pods/u/volumes/part/sub/one/x:/usr/bin",
		"echo > /dev/termination-log":   "echo > /pods/u/containers/main/termination-log",
		"/etc/application":              "/etc/application",
		"/etc/app.d":                    "/etc/app.d",
		"/opt/etc/app":                  "/opt/etc/app",
		"etc/app":                       "etc/app",
		"https://example.com/etc/app/x": "https://example.com/etc/app/x",
		"":                              "",
	} {
		if got := paths.In(text); got != want {
			t.Errorf("%q became %q, not %q", text, got, want)
		}
	}
}
