package process

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
)

// KillStrays kills the processes that left their session, as daemons do, but
// still carry the HOME of a Pod: the folder itself, or one below it.
func KillStrays(folder string) {
	killAll(func() []int { return withHome(folder) })
}

// withHome finds processes by what their environment was when they started.
func withHome(folder string) []int {
	environments, _ := filepath.Glob("/proc/[0-9]*/environ")
	var found []int
	for _, path := range environments {
		content, err := os.ReadFile(path)
		if err != nil || !hasHome(content, folder) {
			continue // another user's, or it has ended meanwhile
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil && pid != os.Getpid() {
			found = append(found, pid)
		}
	}
	return found
}

func hasHome(environment []byte, folder string) bool {
	for _, variable := range bytes.Split(environment, []byte{0}) {
		rest, ok := bytes.CutPrefix(variable, []byte("HOME="+folder))
		if ok && (len(rest) == 0 || rest[0] == '/') {
			return true
		}
	}
	return false
}
