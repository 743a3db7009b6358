// Package container runs a container as a process in a session of its own.
package container

import (
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/podlog"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/process"
)

// Spec is a container with everything resolved.
type Spec struct {
	Command []string
	Env     []string
	Dir     string
	Log     string
	// Path are the folders where the program is looked for.
	Path []string
}

// Running is a started container.
type Running struct {
	pid  int
	done chan struct{}
	exit Exit
}

// Exit is how a container ended.
type Exit struct {
	Code, Signal int32
	At           time.Time
}

// Guard sees to it that sessions end with this process.
type Guard interface {
	Watch(session int)
	Forget(session int)
}

// Start starts a container; onExit is called when it has ended and Done is closed.
func Start(spec Spec, guard Guard, onExit func()) (*Running, error) {
	program, err := find(spec.Command[0], spec.Dir, spec.Path)
	if err != nil {
		return nil, err
	}
	log, err := podlog.Create(spec.Log)
	if err != nil {
		return nil, err
	}
	cmd := &exec.Cmd{Path: program, Args: spec.Command, Env: spec.Env, Dir: spec.Dir}
	outputs, err := capture(cmd, log)
	if err != nil {
		log.Close()
		return nil, err
	}
	err = process.Start(cmd)
	outputs.started()
	if err != nil {
		outputs.drain()
		log.Close()
		return nil, err
	}
	running := &Running{pid: cmd.Process.Pid, done: make(chan struct{})}
	guard.Watch(running.pid)
	go func() {
		state, _ := cmd.Process.Wait() // a child that was started can be waited for
		process.KillSession(running.pid)
		guard.Forget(running.pid)
		outputs.drain()
		running.exit = exitOf(state)
		close(running.done)
		log.Close()
		onExit()
	}()
	return running, nil
}

// Done is closed when the container has ended and its log is complete.
func (r *Running) Done() <-chan struct{} { return r.done }

// Ended says whether the container has ended.
func (r *Running) Ended() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// Exit says how the container ended; it may be asked after Done.
func (r *Running) Exit() Exit { return r.exit }

// Terminate asks the container's first process group to end.
func (r *Running) Terminate() { r.signal(syscall.SIGTERM) }

// Kill ends the container's first process group; the rest of its session follows.
func (r *Running) Kill() { r.signal(syscall.SIGKILL) }

func (r *Running) signal(s syscall.Signal) {
	if !r.Ended() {
		_ = syscall.Kill(-r.pid, s) // fails only when it has ended
	}
}

func exitOf(state *os.ProcessState) Exit {
	exit := Exit{At: time.Now()}
	status := state.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		exit.Signal = int32(status.Signal())
		exit.Code = 128 + exit.Signal
	} else {
		exit.Code = int32(status.ExitStatus())
	}
	return exit
}
