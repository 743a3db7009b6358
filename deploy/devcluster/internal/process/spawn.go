// Package process starts processes that end with this one, however it ends.
package process

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

type request struct {
	cmd    *exec.Cmd
	result chan error
}

// spawner starts every process from one OS thread that lives as long as this
// process: the kernel sends a parent-death signal when the forking *thread*
// ends, and the Go runtime ends idle threads as it likes.
var spawner = sync.OnceValue(func() chan<- request {
	requests := make(chan request)
	go func() {
		runtime.LockOSThread()
		for r := range requests {
			r.result <- r.cmd.Start()
		}
	}()
	return requests
})

// Start starts a command that the kernel kills when this process dies. The
// command leads a session of its own, so that the terminal's Ctrl-C reaches this
// process alone, which then ends the others in order.
func Start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	result := make(chan error, 1)
	spawner() <- request{cmd, result}
	return <-result
}
