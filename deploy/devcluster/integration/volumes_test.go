package integration

import (
	"strings"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

func TestVolumesStandWhereTheSpecMountsThem(t *testing.T) {
	n := inNamespace(t)
	n.secret("s", map[string]string{"key": "from-secret"})
	n.configMap("c", map[string]string{"a": "from-map"})
	pod := shell("cat /etc/s/key; echo; cat $FILE; echo; cat /pod/name; echo; cat /work/made; cat /part/inside; wc -c < /token/t")
	pod.Spec.InitContainers = []v1.Container{{
		Name: "first", Image: "none", Command: []string{"/bin/sh", "-c", "echo made > /data/made; echo inside > /data/sub/inside"},
		VolumeMounts: []v1.VolumeMount{{Name: "shared", MountPath: "/data"}},
	}}
	main := &pod.Spec.Containers[0]
	main.Env = []v1.EnvVar{{Name: "FILE", Value: "/etc/c/renamed"}}
	main.VolumeMounts = []v1.VolumeMount{
		{Name: "s", MountPath: "/etc/s"}, {Name: "c", MountPath: "/etc/c"}, {Name: "pod", MountPath: "/pod"},
		{Name: "shared", MountPath: "/work"}, {Name: "shared", MountPath: "/part", SubPath: "sub"}, {Name: "token", MountPath: "/token"},
	}
	pod.Spec.Volumes = []v1.Volume{
		{Name: "shared", VolumeSource: v1.VolumeSource{EmptyDir: &v1.EmptyDirVolumeSource{}}},
		{Name: "s", VolumeSource: v1.VolumeSource{Secret: &v1.SecretVolumeSource{SecretName: "s"}}},
		{Name: "c", VolumeSource: v1.VolumeSource{ConfigMap: &v1.ConfigMapVolumeSource{
			LocalObjectReference: v1.LocalObjectReference{Name: "c"}, Items: []v1.KeyToPath{{Key: "a", Path: "renamed"}}}}},
		{Name: "pod", VolumeSource: v1.VolumeSource{DownwardAPI: &v1.DownwardAPIVolumeSource{Items: []v1.DownwardAPIVolumeFile{
			{Path: "name", FieldRef: &v1.ObjectFieldSelector{FieldPath: "metadata.namespace"}}}}}},
		projectedToken(),
	}

	log := n.finished(pod)

	wants(t, log, "from-secret", "from-map", n.name, "made", "inside")
}

func TestATokenOfAPodAuthenticatesItsServiceAccount(t *testing.T) {
	n := inNamespace(t)
	pod := shell("cat /token/t; echo; sleep 30")
	pod.Spec.Containers[0].VolumeMounts = []v1.VolumeMount{{Name: "token", MountPath: "/token"}}
	pod.Spec.Volumes = []v1.Volume{projectedToken()}
	pod = n.run(pod)
	n.untilPhase(pod, v1.PodRunning)
	var token string
	n.await(5*time.Second, "the token", func() bool { token = strings.TrimSpace(n.logs(pod, v1.PodLogOptions{})); return token != "" })
	user := "system:serviceaccount:" + n.name + ":default"

	self, err := n.with(token).AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	must(t, err)
	if self.Status.UserInfo.Username != user || self.Status.UserInfo.Extra["authentication.kubernetes.io/pod-name"][0] != pod.Name {
		t.Errorf("the token is %+v", self.Status.UserInfo)
	}
	review := &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: token}}
	answer, err := n.AuthenticationV1().TokenReviews().Create(ctx, review, metav1.CreateOptions{})
	must(t, err)
	if !answer.Status.Authenticated || answer.Status.User.Username != user {
		t.Errorf("the review says %+v", answer.Status)
	}
}

func TestATokenForAYearCanBeAskedFor(t *testing.T) {
	n := inNamespace(t)
	year := int64(365 * 24 * 3600)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &year}}
	answer, err := n.CoreV1().ServiceAccounts(n.name).CreateToken(ctx, "default", request, metav1.CreateOptions{})
	must(t, err)
	if left := time.Until(answer.Status.ExpirationTimestamp.Time); left < 364*24*time.Hour {
		t.Errorf("the token ends in %s", left)
	}
}

func projectedToken() v1.Volume {
	return v1.Volume{Name: "token", VolumeSource: v1.VolumeSource{Projected: &v1.ProjectedVolumeSource{Sources: []v1.VolumeProjection{
		{ServiceAccountToken: &v1.ServiceAccountTokenProjection{Path: "t", ExpirationSeconds: ptr.To[int64](600)}},
	}}}}
}
