// Devcluster is a Kubernetes cluster for a developer's machine: a real control
// plane and one node that runs each Pod as plain processes. See README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"k8s.io/component-base/version"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/cluster"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/component"
	"github.com/ambient-dev/ambient/deploy/devcluster/internal/process"
)

const usage = `usage: devcluster up --data-dir DIR --port PORT [--pod-path FOLDER:FOLDER...] [--crds FOLDER]
       devcluster --version`

func main() {
	os.Exit(run(os.Args[1:]))
}

// run returns the exit code: 0 for a stop that was asked for, 1 for a failure,
// 2 for a start that was refused.
func run(args []string) int {
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, usage)
		return 2
	}
	if part, ok := component.ByName(args[0]); ok {
		syscall.Umask(0o077) // of a component's files, none is for other users
		return part.Run(args[1:])
	}
	if args[0] == process.GuardCommand && len(args) == 2 {
		return process.RunGuard(os.Stdin, args[1])
	}
	switch args[0] {
	case "up":
		return up(args[1:])
	case "version", "--version":
		fmt.Println(version.Get().GitVersion)
		return 0
	}
	fmt.Fprintln(os.Stderr, usage)
	return 2
}

func up(args []string) int {
	flags := flag.NewFlagSet("up", flag.ContinueOnError)
	dataDir := flags.String("data-dir", "", "the cluster's `folder`; it is made where it is missing")
	port := flags.Int("port", 0, "the API server's port on 127.0.0.1")
	podPath := flags.String("pod-path", "", "`folders`, joined by colons, where Pods' programs are looked for before PATH")
	crds := flags.String("crds", "", "a `folder` of CustomResourceDefinitions (*.yaml) to apply before the controllers start")
	showVersion := flags.Bool("version", false, "print the version and do nothing else")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *showVersion {
		fmt.Println(version.Get().GitVersion)
		return 0
	}
	if *dataDir == "" || *port <= 0 || flags.NArg() > 0 {
		fmt.Fprintln(os.Stderr, usage)
		return 2
	}

	// Pods start in folders of their own, where a relative path means nothing.
	folders := filepath.SplitList(*podPath)
	for i, folder := range folders {
		absolute, err := filepath.Abs(folder)
		if err != nil {
			fmt.Fprintln(os.Stderr, "devcluster:", err)
			return 1
		}
		folders[i] = absolute
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	err := cluster.Up(ctx, cluster.Options{
		DataDir: *dataDir,
		Port:    *port,
		PodPath: folders,
		CRDs:    *crds,
	})
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "devcluster:", err)
	if errors.As(err, new(cluster.Refusal)) {
		return 2
	}
	return 1
}
