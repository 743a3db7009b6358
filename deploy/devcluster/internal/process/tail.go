package process

import (
	"bytes"
	"os"
)

const tailLines = 15

// tail returns a log's last lines, each set in by two blanks.
func tail(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return "  (" + err.Error() + ")"
	}
	lines := bytes.Split(bytes.TrimSpace(content), []byte("\n"))
	if len(lines) > tailLines {
		lines = lines[len(lines)-tailLines:]
	}
	return "  " + string(bytes.Join(lines, []byte("\n  ")))
}
