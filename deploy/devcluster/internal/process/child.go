package process

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Child is a running component: this same binary with a subcommand.
type Child struct {
	Name string
	log  string
	cmd  *exec.Cmd
	done chan struct{}
}

// StartChild starts a component in the folder with its output in the log file,
// which begins anew.
func StartChild(name string, args []string, folder, log string) (*Child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	output, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log of %s: %w", name, err)
	}
	defer output.Close()
	cmd := exec.Command(self, append([]string{name}, args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, output, output
	if err := Start(cmd); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	child := &Child{Name: name, log: log, cmd: cmd, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended stands in cmd.ProcessState
		close(child.done)
	}()
	return child, nil
}

// Done is closed when the child has ended.
func (c *Child) Done() <-chan struct{} { return c.done }

// Stop ends the child: asked first, made to when the patience is over.
func (c *Child) Stop(patience time.Duration) {
	_ = c.cmd.Process.Signal(syscall.SIGTERM) // fails only when it has ended
	select {
	case <-c.done:
	case <-time.After(patience):
		_ = c.cmd.Process.Kill()
		<-c.done
	}
}

// Obituary says how the child ended, with the last lines of its log.
func (c *Child) Obituary() string {
	return fmt.Sprintf("%s ended unexpectedly (%s); the end of %s:\n%s", c.Name, c.cmd.ProcessState, c.log, tail(c.log))
}
