package container

import (
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/podlog"
)

// drainTime is how long output may still come after the end of the session: only
// a process that left the session can hold the pipe open.
const drainTime = time.Second

// outputs are the pipes between a container's outputs and its log.
type outputs struct {
	readers, writers []*os.File
	copying          sync.WaitGroup
}

func capture(cmd *exec.Cmd, log *podlog.File) (*outputs, error) {
	o := &outputs{}
	for _, output := range []struct {
		name string
		to   *io.Writer
	}{{"stdout", &cmd.Stdout}, {"stderr", &cmd.Stderr}} {
		reader, writer, err := os.Pipe()
		if err != nil {
			o.started()
			o.drain()
			return nil, err
		}
		o.readers, o.writers = append(o.readers, reader), append(o.writers, writer)
		*output.to = writer
		stream := log.Stream(output.name)
		o.copying.Go(func() {
			_, _ = io.Copy(stream, reader) // ends with the pipe, or with the disk
			_ = stream.Close()
		})
	}
	return o, nil
}

// started closes this process's copies of the writing ends.
func (o *outputs) started() {
	for _, writer := range o.writers {
		writer.Close()
	}
}

// drain waits until all that was printed is in the log.
func (o *outputs) drain() {
	for _, reader := range o.readers {
		_ = reader.SetReadDeadline(time.Now().Add(drainTime))
	}
	o.copying.Wait()
	for _, reader := range o.readers {
		reader.Close()
	}
}
