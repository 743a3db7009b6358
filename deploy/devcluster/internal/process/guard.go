package process

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// GuardCommand is the subcommand under which this binary is a guard.
const GuardCommand = "guard"

// Guard is a process that outlives this one by a moment. The kernel kills a
// container's first process with this one, but not what that one has started;
// the guard hears of each session, and when the pipe to it breaks, it kills them.
type Guard struct {
	cmd   *exec.Cmd
	mutex sync.Mutex
	pipe  io.WriteCloser
}

// StartGuard starts the guard of this process, whose Pods have their folders in
// the folder.
func StartGuard(pods string) (*Guard, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.Command(self, GuardCommand, pods)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("make the pipe to the guard: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the guard: %w", err)
	}
	return &Guard{cmd: cmd, pipe: pipe}, nil
}

// Watch puts a session under guard.
func (g *Guard) Watch(session int) { g.tell('+', session) }

// Forget takes back Watch once the session has ended, before its number can be
// given to another.
func (g *Guard) Forget(session int) { g.tell('-', session) }

// Stop ends the guard, which kills the sessions that it still watches.
func (g *Guard) Stop() {
	g.pipe.Close()
	_ = g.cmd.Wait() // the guard has no result
}

func (g *Guard) tell(sign byte, session int) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	// Without a guard the kernel still kills each first process.
	_, _ = fmt.Fprintf(g.pipe, "%c%d\n", sign, session)
}

// RunGuard is the guard's own program.
func RunGuard(pipe io.Reader, pods string) int {
	watched := map[int]bool{}
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		var sign byte
		var session int
		if _, err := fmt.Sscanf(lines.Text(), "%c%d", &sign, &session); err != nil {
			continue
		}
		if sign == '+' {
			watched[session] = true
		} else {
			delete(watched, session)
		}
	}
	for session := range watched {
		KillSession(session)
	}
	KillStrays(pods)
	return 0
}
