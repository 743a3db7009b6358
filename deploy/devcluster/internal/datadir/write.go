package datadir

import (
	"fmt"
	"os"
)

// WriteFile replaces a file as a whole, readable by the owner alone: a process
// killed in the middle leaves the old file or the new one, never half of one.
func WriteFile(path string, content []byte) error {
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, content, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
