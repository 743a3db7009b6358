// Package podlog keeps what containers print, in the format in which a container
// runtime hands it to a kubelet: time, stream, a tag, and the line.
package podlog

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// maxSize is the size at which a log begins anew; one full log is kept beside it.
const maxSize = 10 << 20

// maxLine is how long a line may grow before it is written in parts.
const maxLine = 16 << 10

// File is the log of one run of a container.
type File struct {
	path  string
	now   func() time.Time
	mutex sync.Mutex
	file  *os.File
	size  int
}

// Create starts a log.
func Create(path string) (*File, error) {
	f := &File{path: path, now: time.Now}
	return f, f.open()
}

// Stream returns the end into which one output of the container is written,
// line by line.
func (f *File) Stream(name string) io.WriteCloser { return &stream{file: f, name: name} }

// Close ends the log. The change of mode, to what it was, wakes those who follow
// the file: they look again, find the container ended, and stop at once.
func (f *File) Close() error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	_ = os.Chmod(f.path, 0o600) // without it they look again within a second
	return f.file.Close()
}

func (f *File) open() (err error) {
	f.file, err = os.OpenFile(f.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	f.size = 0
	return err
}

func (f *File) write(stream, tag string, line []byte) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.size > maxSize {
		if err := f.rotate(); err != nil {
			return err
		}
	}
	var entry bytes.Buffer
	fmt.Fprintf(&entry, "%s %s %s ", f.now().UTC().Format(time.RFC3339Nano), stream, tag)
	entry.Write(line)
	entry.WriteByte('\n')
	n, err := f.file.Write(entry.Bytes())
	f.size += n
	return err
}

func (f *File) rotate() error {
	f.file.Close()
	if err := os.Rename(f.path, f.path+".1"); err != nil {
		return err
	}
	return f.open()
}

// stream cuts one output into lines.
type stream struct {
	file *File
	name string
	rest []byte
}

// Write takes output as it comes; a line is written when it is whole.
func (s *stream) Write(output []byte) (int, error) {
	s.rest = append(s.rest, output...)
	for {
		end := bytes.IndexByte(s.rest, '\n')
		tag, skip := "F", 1
		if end < 0 || end > maxLine {
			if len(s.rest) < maxLine {
				return len(output), nil
			}
			end, tag, skip = maxLine, "P", 0
		}
		if err := s.file.write(s.name, tag, s.rest[:end]); err != nil {
			return 0, err
		}
		s.rest = s.rest[end+skip:]
	}
}

// Close writes a last line that has no end.
func (s *stream) Close() error {
	if len(s.rest) == 0 {
		return nil
	}
	return s.file.write(s.name, "F", s.rest)
}
