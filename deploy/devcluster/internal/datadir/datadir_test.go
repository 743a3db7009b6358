package datadir

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTokensAreMadeOnceAndAreLong(t *testing.T) {
	dir := open(t)
	first, err := dir.Tokens()
	if err != nil {
		t.Fatal(err)
	}
	second, err := dir.Tokens()
	if err != nil || !maps.Equal(first, second) {
		t.Errorf("%v, %v", second, err)
	}
	if len(first) != len(users) || len(first["alice"]) != 43 || first["alice"] == first["bob"] {
		t.Errorf("%v", first)
	}
	if csv := first.CSV(); strings.Count(csv, "system:masters") != 1 || !strings.HasPrefix(csv, first[Admin]+",admin,admin,system:masters\n") {
		t.Errorf("%s", csv)
	}
}

func TestAFolderIsHeldByOneProcess(t *testing.T) {
	dir := open(t)
	lock, err := dir.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dir.Lock(); !errors.Is(err, ErrInUse) {
		t.Errorf("%v", err)
	}
	lock.Close()
	again, err := dir.Lock()
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

func TestAFolderIsClosedToOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made")
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o700 {
		t.Errorf("%s", info.Mode())
	}
}

func open(t *testing.T) Dir {
	t.Helper()
	dir, err := Open(filepath.Join(t.TempDir(), "cluster"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
