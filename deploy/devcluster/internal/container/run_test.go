package container

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type noGuard struct{}

func (noGuard) Watch(int)  {}
func (noGuard) Forget(int) {}

func TestAnExitIsACodeOrASignal(t *testing.T) {
	for script, want := range map[string]Exit{
		"exit 0":     {Code: 0},
		"exit 7":     {Code: 7},
		"kill -9 $$": {Code: 137, Signal: 9},
	} {
		_, exit := run(t, script)
		exit.At = time.Time{}
		if exit != want {
			t.Errorf("%q ended as %+v", script, exit)
		}
	}
}

func TestAContainerEndsWithItsFirstProcess(t *testing.T) {
	began := time.Now()
	log, _ := run(t, "sleep 60 & echo out; echo err >&2")
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
	if !strings.Contains(log, "stdout F out\n") || !strings.Contains(log, "stderr F err\n") {
		t.Errorf("the log is %s", log)
	}
}

func TestAProgramIsLookedForInTheFoldersInTheirOrder(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	for _, path := range []string{filepath.Join(second, "tool"), filepath.Join(second, "both"), filepath.Join(first, "both")} {
		if err := os.WriteFile(path, nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(first, "tool"), nil, 0o600); err != nil { // not executable
		t.Fatal(err)
	}
	folders := []string{first, second}
	for program, want := range map[string]string{
		"tool":                       filepath.Join(second, "tool"),
		"both":                       filepath.Join(first, "both"),
		"./tool":                     filepath.Join(second, "tool"),
		filepath.Join(first, "both"): filepath.Join(first, "both"),
	} {
		if got, err := find(program, second, folders); err != nil || got != want {
			t.Errorf("%s is %s, %v", program, got, err)
		}
	}
	if _, err := find("none", second, folders); err == nil || !strings.Contains(err.Error(), "executable file not found") {
		t.Errorf("%v", err)
	}
}

// run runs a script to its end and returns its log.
func run(t *testing.T, script string) (string, Exit) {
	t.Helper()
	dir := t.TempDir()
	spec := Spec{Command: []string{"/bin/sh", "-c", script}, Dir: dir, Log: filepath.Join(dir, "log"), Env: []string{"PATH=/bin:/usr/bin"}}
	running, err := Start(spec, noGuard{}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	<-running.Done()
	log, err := os.ReadFile(spec.Log)
	if err != nil {
		t.Fatal(err)
	}
	return string(log), running.Exit()
}
