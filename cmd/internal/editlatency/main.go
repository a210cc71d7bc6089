package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("editlatency: ")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		log.Print(err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var specs []spec
	flag.Func("server", "a server: `name event command`, the event being change or save; may be repeated", func(s string) error {
		one, err := parseSpec(s)
		specs = append(specs, one)
		return err
	})
	rounds := flag.Int("n", 5, "rounds")
	patience := flag.Duration("patience", 5*time.Minute, "how long to wait for a diagnostic")
	settings := flag.String("settings", "", "a JSON `file` with the settings of servers, by section")
	flag.Parse()
	if flag.NArg() != 1 || len(specs) == 0 {
		return errors.New("usage: editlatency -server 'name event command' … MODULE")
	}
	b := &bench{patience: *patience, serial: time.Now().UnixNano()}
	if *settings != "" {
		data, err := os.ReadFile(*settings)
		if err != nil {
			return fmt.Errorf("reading the settings: %w", err)
		}
		if err := json.Unmarshal(data, &b.settings); err != nil {
			return fmt.Errorf("reading the settings: %w", err)
		}
	}
	tmp, err := os.MkdirTemp("", "editlatency-")
	if err != nil {
		return fmt.Errorf("making a place to work: %w", err)
	}
	defer os.RemoveAll(tmp)
	defer b.close()
	if b.targets, err = targets(ctx, flag.Arg(0)); err != nil {
		return err
	}
	for _, s := range specs {
		if err := b.start(ctx, s, flag.Arg(0), tmp); err != nil {
			return err
		}
	}
	for range *rounds {
		if err := b.round(ctx); err != nil {
			return err
		}
	}
	return b.print(ctx, os.Stdout)
}

// A spec says how to start a server.
type spec struct {
	name    string
	save    bool // it looks when a file is saved
	want    *regexp.Regexp
	command []string
}

// parseSpec reads "name event command"; behind the event may stand, in brackets, a
// regular expression of the code or source of the diagnostic to be waited for:
// "gopls change[assign] bin/gopls".
func parseSpec(s string) (spec, error) {
	fields := strings.Fields(s)
	if len(fields) < 3 {
		return spec{}, fmt.Errorf("%q is no name, event and command", s)
	}
	event, want, _ := strings.Cut(strings.TrimSuffix(fields[1], "]"), "[")
	if event != "change" && event != "save" {
		return spec{}, fmt.Errorf("the event of %s is %q, and must be change or save", fields[0], event)
	}
	re, err := regexp.Compile(want)
	if err != nil {
		return spec{}, fmt.Errorf("what is waited for of %s: %w", fields[0], err)
	}
	return spec{fields[0], event == "save", re, fields[2:]}, nil
}
