package datadir

import (
	"os"
	"path/filepath"
	"strconv"
)

// PodDir is the folder of one Pod.
type PodDir string

// Pod is the folder of the Pod with the uid.
func (d Dir) Pod(uid string) PodDir { return PodDir(filepath.Join(d.Pods(), uid)) }

// Home is the folder in which the Pod's processes start and which they call HOME.
func (p PodDir) Home() string { return filepath.Join(string(p), "home") }

// Volume is the folder that stands for a volume's content.
func (p PodDir) Volume(name string) string { return filepath.Join(string(p), "volumes", name) }

// Log is the log of a container's start number attempt, counted from 0.
func (p PodDir) Log(container string, attempt int32) string {
	return filepath.Join(p.container(container), strconv.Itoa(int(attempt))+".log")
}

// TerminationLog is the file that a container may leave its last words in.
func (p PodDir) TerminationLog(container string) string {
	return filepath.Join(p.container(container), "termination-log")
}

// Prepare makes the folders that a container needs.
func (p PodDir) Prepare(container string) error {
	if err := os.MkdirAll(p.Home(), 0o700); err != nil {
		return err
	}
	return os.MkdirAll(p.container(container), 0o700)
}

// Remove removes all that the Pod has left.
func (p PodDir) Remove() error { return os.RemoveAll(string(p)) }

func (p PodDir) container(name string) string {
	return filepath.Join(string(p), "containers", name)
}
