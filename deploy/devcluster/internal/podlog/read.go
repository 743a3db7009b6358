package podlog

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"time"

	v1 "k8s.io/api/core/v1"
	internalapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-client/pkg/logs"
)

// Read copies a log, as a client asked for it, to the streams; it follows the log
// while the container runs. A stream that is nil was not asked for.
func Read(ctx context.Context, path string, running func() bool, options *v1.PodLogOptions, stdout, stderr io.Writer) error {
	err := logs.ReadLogs(ctx, path, "", optionsOf(options, time.Now()), runtimeOf{running: running}, stdout, stderr)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it has printed nothing, or never started
	}
	return err
}

func optionsOf(asked *v1.PodLogOptions, now time.Time) *logs.LogOptions {
	options := &logs.LogOptions{
		TailLines:  asked.TailLines,
		LimitBytes: asked.LimitBytes,
		Follow:     asked.Follow,
		Timestamp:  asked.Timestamps,
	}
	if asked.SinceSeconds != nil {
		options.Since = now.Add(-time.Duration(*asked.SinceSeconds) * time.Second)
	}
	if asked.SinceTime != nil {
		options.Since = asked.SinceTime.Time
	}
	return options
}

// LastWords returns the end of a log for a container that failed without a
// termination message.
func LastWords(path string, lines, limit int64) (string, error) {
	var words tailBuffer
	words.limit = int(limit)
	err := Read(context.Background(), path, nil, &v1.PodLogOptions{TailLines: &lines}, &words, &words)
	return string(words.content), err
}

// tailBuffer keeps the last bytes written to it.
type tailBuffer struct {
	content []byte
	limit   int
}

func (b *tailBuffer) Write(p []byte) (int, error) {
	b.content = append(b.content, p...)
	if over := len(b.content) - b.limit; over > 0 {
		b.content = b.content[over:]
	}
	return len(p), nil
}

// runtimeOf answers the one question that a log's reader has for a runtime.
type runtimeOf struct {
	internalapi.RuntimeService
	running func() bool
}

func (r runtimeOf) ContainerStatus(context.Context, string, bool) (*runtimeapi.ContainerStatusResponse, error) {
	state := runtimeapi.ContainerState_CONTAINER_EXITED
	if r.running() {
		state = runtimeapi.ContainerState_CONTAINER_RUNNING
	}
	return &runtimeapi.ContainerStatusResponse{Status: &runtimeapi.ContainerStatus{State: state}}, nil
}
