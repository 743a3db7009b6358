package integration

import (
	"slices"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

func TestAJobRunsAndIsRemovedAfterItsTime(t *testing.T) {
	n := inNamespace(t)
	n.job("short", "echo done", func(spec *batchv1.JobSpec) { spec.TTLSecondsAfterFinished = ptr.To[int32](0) })
	n.await(20*time.Second, "the Job's removal", func() bool {
		_, err := n.BatchV1().Jobs(n.name).Get(ctx, "short", getOptions)
		pods, listed := n.CoreV1().Pods(n.name).List(ctx, metav1.ListOptions{})
		return apierrors.IsNotFound(err) && listed == nil && len(pods.Items) == 0
	})
}

func TestAJobThatIsActiveTooLongFails(t *testing.T) {
	n := inNamespace(t)
	n.job("long", "sleep 60", func(spec *batchv1.JobSpec) { spec.ActiveDeadlineSeconds = ptr.To[int64](1) })
	n.await(20*time.Second, "DeadlineExceeded", func() bool {
		job, err := n.BatchV1().Jobs(n.name).Get(ctx, "long", getOptions)
		return err == nil && slices.ContainsFunc(job.Status.Conditions, func(c batchv1.JobCondition) bool {
			return c.Type == batchv1.JobFailed && c.Reason == "DeadlineExceeded"
		})
	})
}

func TestAJobsProcessStartsWithinAFifthOfASecond(t *testing.T) {
	n := inNamespace(t)
	var took []time.Duration
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"} {
		began := time.Now()
		n.job(name, "sleep 1", nil)
		n.await(10*time.Second, "a running Pod", func() bool {
			pods, err := n.CoreV1().Pods(n.name).List(ctx, metav1.ListOptions{LabelSelector: "job-name=" + name})
			return err == nil && len(pods.Items) == 1 && pods.Items[0].Status.Phase == v1.PodRunning
		})
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	t.Logf("Job created to Pod running: %v", took)
	// On a machine that does other work as well, only the fastest says something.
	if took[0] > 200*time.Millisecond {
		t.Errorf("the fastest took %s", took[0])
	}
}

func (n namespace) job(name, script string, change func(*batchv1.JobSpec)) {
	n.Helper()
	job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: name}}
	job.Spec.Template.Spec = shell(script).Spec
	job.Spec.BackoffLimit = ptr.To[int32](0)
	if change != nil {
		change(&job.Spec)
	}
	_, err := n.BatchV1().Jobs(n.name).Create(ctx, job, metav1.CreateOptions{})
	must(n.T, err)
}
