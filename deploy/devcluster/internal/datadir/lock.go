package datadir

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ErrInUse says that a living devcluster holds the folder.
var ErrInUse = errors.New("in use")

// Lock takes the folder for this process.
//
// The kernel drops the lock with the process, however it ends, so a lock can
// never be stale. The returned file has to stay open.
func (d Dir) Lock() (*os.File, error) {
	f, err := os.OpenFile(d.join("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		f.Close()
		return nil, ErrInUse
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", d, err)
	}
	return f, nil
}
