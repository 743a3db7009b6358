package process

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// KillSession kills what is left of a session, in whatever process groups: the
// end of a container's first process ends its container, as it does where the
// kernel ends a PID namespace.
//
// A process that has made a session of its own is found by KillStrays.
func KillSession(id int) {
	killAll(func() []int { return sessionMembers(id) })
}

// killAll kills what find finds until it finds nothing: those who are found may
// have started others meanwhile.
func killAll(find func() []int) {
	for range 50 {
		found := find()
		if len(found) == 0 {
			return
		}
		for _, pid := range found {
			_ = syscall.Kill(pid, syscall.SIGKILL) // fails only when it has ended
		}
		time.Sleep(time.Millisecond)
	}
}

func sessionMembers(id int) []int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var members []int
	for _, path := range stats {
		content, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		state, session := parseStat(content)
		if session != id || state == 'Z' {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			members = append(members, pid)
		}
	}
	return members
}

// parseStat reads a process's state and session from /proc/PID/stat. The fields
// come after the program's name, which stands in brackets and may hold anything.
func parseStat(content []byte) (state byte, session int) {
	end := bytes.LastIndexByte(content, ')')
	if end < 0 {
		return 0, 0
	}
	fields := bytes.Fields(content[end+1:])
	if len(fields) < 4 {
		return 0, 0
	}
	session, err := strconv.Atoi(string(fields[3]))
	if err != nil {
		return 0, 0
	}
	return fields[0][0], session
}
