package container

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// find looks a program up as execvp does, with the folders in place of PATH.
func find(program, dir string, folders []string) (string, error) {
	if strings.Contains(program, "/") {
		if !filepath.IsAbs(program) {
			program = filepath.Join(dir, program)
		}
		if !executable(program) {
			return "", fmt.Errorf("exec: %q: stat %s: no such executable file", program, program)
		}
		return program, nil
	}
	for _, folder := range folders {
		if candidate := filepath.Join(folder, program); executable(candidate) {
			return filepath.Abs(candidate)
		}
	}
	return "", fmt.Errorf("exec: %q: executable file not found in $PATH", program)
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
