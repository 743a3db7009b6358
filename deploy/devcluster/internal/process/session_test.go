package process

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"testing"
)

func TestASessionIsReadFromBehindTheName(t *testing.T) {
	state, session := parseStat([]byte("7 (a) b (c) S 1 7 42 0 -1 4194560"))
	if state != 'S' || session != 42 {
		t.Errorf("%c, %d", state, session)
	}
	if _, session := parseStat([]byte("7 (cut")); session != 0 {
		t.Errorf("%d", session)
	}
}

func TestAllOfASessionIsKilled(t *testing.T) {
	cmd := family(t)
	KillSession(cmd.Process.Pid)
	if left := sessionMembers(cmd.Process.Pid); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestAGuardKillsWhatItWatchesWhenThePipeBreaks(t *testing.T) {
	watched := family(t)
	forgotten := family(t)
	home := t.TempDir()
	daemon := exec.Command("/bin/sleep", "60")
	daemon.Env = []string{"HOME=" + home + "/some-pod/home"}
	if err := Start(daemon); err != nil {
		t.Fatal(err)
	}
	reader, writer := io.Pipe()
	over := make(chan int)
	go func() { over <- RunGuard(reader, home) }()
	fmt.Fprintf(writer, "+%d\n+%d\n-%d\n", watched.Process.Pid, forgotten.Process.Pid, forgotten.Process.Pid)
	writer.Close()
	<-over
	if err := daemon.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("the daemon ended so: %v", err)
	}
	if left := sessionMembers(watched.Process.Pid); len(left) != 0 {
		t.Errorf("left of the watched: %v", left)
	}
	if left := sessionMembers(forgotten.Process.Pid); len(left) != 2 {
		t.Errorf("left of the forgotten: %v", left)
	}
}

// family is a shell with a child, in a session of their own.
func family(t *testing.T) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", "sleep 60 & echo $!; wait")
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := Start(cmd); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { KillSession(cmd.Process.Pid); _ = cmd.Wait() })
	if _, err := bufio.NewReader(output).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return cmd
}
