package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/cmd/internal/enforce"
)

// enforceCommand is for help alone: what the go command starts never gets here.
func enforceCommand() *cobra.Command {
	return &cobra.Command{
		Use:   enforce.Name,
		Short: "Make a build fail that breaks a contract or uses what is forbidden",
		Long: `Enforce stands between the go command and its tools:

  go build -toolexec="lagvet enforce" ./...

A package does not compile while a function in it breaks its //lagvet:noalloc or
//lagvet:nonblocking, or what the section enforce of .lagvet.yml says is violated:

  enforce:
    rules: [ctxless, httptimeout]     # whose findings break the build
    forbid:
      - net/http.DefaultClient
      - {api: net/http.Client, except: [example.com/app/internal/httpclient], reason: clients are wrapped there}

The go command keeps what it compiled so, and a second build costs nothing. The binary
says by which policy it was built: go version -m shows ` + enforce.Setting + `.`,
		RunE: func(*cobra.Command, []string) error {
			return errors.New(`enforce is run by the go command: go build -toolexec="lagvet enforce" ./...`)
		},
	}
}
