package integration

import (
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestAQuotaCountsTheGivenDefinitionsFromTheStart(t *testing.T) {
	c := own(t, t.TempDir(), "--crds", "../../crds")
	sessions := v1.ResourceName("count/agenticsessions.ambient.dev")
	quota := &v1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Name: "sessions"}}
	quota.Spec.Hard = v1.ResourceList{sessions: resource.MustParse("3")}
	quotas := c.CoreV1().ResourceQuotas("default")
	if _, err := quotas.Create(t.Context(), quota, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	// A definition that comes later is found at the next look, half a minute later.
	counted := eventually(10*time.Second, func() bool {
		found, err := quotas.Get(t.Context(), "sessions", metav1.GetOptions{})
		_, used := found.Status.Used[sessions]
		return err == nil && used
	})
	if !counted {
		t.Error("the quota does not count sessions")
	}
}
