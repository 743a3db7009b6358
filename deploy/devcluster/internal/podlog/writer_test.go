package podlog

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
)

func TestALineIsKeptWithItsTimeAndStream(t *testing.T) {
	file := create(t)
	out, errors := file.Stream("stdout"), file.Stream("stderr")
	write(t, out, "one\ntw")
	write(t, errors, "oops\n")
	write(t, out, "o\nlast")
	out.Close()

	want := `2026-01-02T03:04:05.6Z stdout F one
2026-01-02T03:04:05.6Z stderr F oops
2026-01-02T03:04:05.6Z stdout F two
2026-01-02T03:04:05.6Z stdout F last
`
	content, _ := os.ReadFile(file.path)
	if string(content) != want {
		t.Errorf("the log is\n%s", content)
	}
}

func TestALongLineIsKeptInPartsAndReadAsOne(t *testing.T) {
	file := create(t)
	long := strings.Repeat("x", 2*maxLine+5)
	stream := file.Stream("stdout")
	write(t, stream, long+"\n")
	stream.Close()

	var read bytes.Buffer
	if err := Read(t.Context(), file.path, nil, &v1.PodLogOptions{}, &read, &read); err != nil {
		t.Fatal(err)
	}
	if read.String() != long+"\n" {
		t.Errorf("%d bytes were read", read.Len())
	}
}

func TestALogDoesNotGrowForEver(t *testing.T) {
	file := create(t)
	stream := file.Stream("stdout")
	line := strings.Repeat("x", 8<<10) + "\n"
	for range 3 * maxSize / len(line) {
		write(t, stream, line)
	}
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(file.path), "*"))
	if len(files) != 2 {
		t.Fatalf("the files are %v", files)
	}
	for _, path := range files {
		if info, _ := os.Stat(path); info.Size() > maxSize+int64(2*len(line)) {
			t.Errorf("%s has %d bytes", path, info.Size())
		}
	}
}

func TestLastWordsAreCutAtTheirBeginning(t *testing.T) {
	file := create(t)
	write(t, file.Stream("stderr"), "one\ntwo\nthree\n")
	words, err := LastWords(file.path, 2, 8)
	if err != nil || words != "o\nthree\n" {
		t.Errorf("%q, %v", words, err)
	}
}

func create(t *testing.T) *File {
	t.Helper()
	file, err := Create(filepath.Join(t.TempDir(), "0.log"))
	if err != nil {
		t.Fatal(err)
	}
	file.now = func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 600_000_000, time.UTC) }
	return file
}

func write(t *testing.T, to interface{ Write([]byte) (int, error) }, text string) {
	t.Helper()
	if _, err := to.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}
