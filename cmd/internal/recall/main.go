// Command recall tells how many of the goroutine leaks are found that the tests of
// Go's own leak profile hold: 63 programs, each made of a bug of a real one.
//
// It reads them, and where they leak, from GOROOT: a test of package runtime names,
// for each program, the functions of the goroutines that leak and what these wait
// for. A program counts as found if a rule reports such a goroutine: at the go
// statement that starts it, or in a function that it runs, and with the wait that it
// hangs in. A finding in another place, or of another wait, does not count, true as
// it may be.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("recall: ")
	rules := flag.String("rules", "goroutineleak,lockorder,lockblock", "the rules that are asked, with commas")
	verbose := flag.Bool("v", false, "show the findings that do not count, too")
	flag.Parse()
	if err := run(os.Stdout, strings.Split(*rules, ","), *verbose); err != nil {
		log.Print(err)
		os.Exit(1)
	}
}

func run(w io.Writer, names []string, verbose bool) error {
	root, err := goroot()
	if err != nil {
		return err
	}
	dir := filepath.Join(root, "src", "runtime")
	kernels, err := readKernels(dir)
	if err != nil {
		return fmt.Errorf("reading what leaks: %w", err)
	}
	found, err := analyse(filepath.Join(dir, programs), names)
	if err != nil {
		return fmt.Errorf("running the rules: %w", err)
	}
	for _, k := range kernels {
		k.match(found)
	}
	print(w, kernels, verbose)
	return nil
}

func goroot() (string, error) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("asking for GOROOT: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// A tally counts programs by how surely they are found.
type tally struct{ all, shown, suspected int }

func (t *tally) add(k *kernel) {
	t.all++
	switch {
	case k.tier == "":
	case k.tier == "suspected":
		t.suspected++
	default:
		t.shown++
	}
}

func (t *tally) String() string {
	return fmt.Sprintf("%2d of %2d, %d of them suspected only", t.shown+t.suspected, t.all, t.suspected)
}

func print(w io.Writer, kernels []*kernel, verbose bool) {
	var total tally
	types := make(map[string]*tally)
	for _, k := range kernels {
		verdict := "not found"
		if k.tier != "" {
			verdict = fmt.Sprintf("%-9s %s", k.tier, k.by)
		}
		fmt.Fprintf(w, "%-18s %-28s %s\n", k.name, k.kind, verdict)
		if verbose {
			for _, f := range k.others {
				fmt.Fprintf(w, "\t%s:%d: %s %s: %s\n", filepath.Base(f.posn.Filename), f.posn.Line, f.tier, f.rule, f.message)
			}
		}
		if types[k.kind] == nil {
			types[k.kind] = new(tally)
		}
		types[k.kind].add(k)
		total.add(k)
	}
	fmt.Fprintln(w)
	names := make([]string, 0, len(types))
	for name := range types {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := types[b].all - types[a].all; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		fmt.Fprintf(w, "%-28s %v\n", name, types[name])
	}
	fmt.Fprintf(w, "%-28s %v\n", "all", &total)
}
