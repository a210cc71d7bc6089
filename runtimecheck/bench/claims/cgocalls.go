package claims

import (
	"bytes"
	"context"
	_ "embed" // the program that calls C
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

func cgoClaims() []Claim {
	return []Claim{{
		ID:        "cgo.call",
		Technique: "no calls to C on hot paths",
		Says:      "each costs a switch of stacks and of the thread's state; no figure is claimed. What would show it: ten times a call of Go and more",
		Holds:     []Condition{{Arm: "C function", Against: "Go function", Unit: "ns/op", Min: 10}},
		Why:       "a call to C leaves the goroutine's stack, tells the scheduler, and holds the thread: one that takes long costs a thread, and state of the thread (as OpenSSL's) is lost when the goroutine moves on",
		Do:        "put a whole batch into one call; lock the thread around calls whose state is the thread's (lagvet's rules threadlock and hotcall)",
		setup:     2 * time.Minute,
		bench:     benchCgo,
	}}
}

//go:embed cgocall/main.go.txt
var cgoProgram []byte

// benchCgo builds a program that calls C, and has it measure. lagvet itself is built
// without C.
func benchCgo(ctx context.Context, r *run) error {
	goTool, err := exec.LookPath("go")
	if err != nil {
		return unmeasurable("the go command is not there, and a program that calls C must be built")
	}
	if err := compiler(ctx, goTool); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "lagvet-cgo-")
	if err != nil {
		return fmt.Errorf("making a directory to build in: %w", err)
	}
	defer os.RemoveAll(dir)
	program, err := buildCgo(ctx, goTool, dir)
	if err != nil {
		return err
	}
	each := r.size.Time / time.Duration(2*r.size.Rounds)
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, program, strconv.Itoa(r.size.Rounds), strconv.FormatInt(each.Nanoseconds(), 10))
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("running the program that calls C: %w: %s", err, strings.TrimSpace(errs.String()))
	}
	return r.takeCgo(out.Bytes())
}

// compiler returns why there is no C compiler.
func compiler(ctx context.Context, goTool string) error {
	out, err := exec.CommandContext(ctx, goTool, "env", "CC").Output()
	if err != nil {
		return fmt.Errorf("asking the go command for the C compiler: %w", err)
	}
	cc, _, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if _, err := exec.LookPath(cc); err != nil {
		return unmeasurable("there is no C compiler (%s)", cc)
	}
	return nil
}

func buildCgo(ctx context.Context, goTool, dir string) (program string, err error) {
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, cgoProgram, 0o600); err != nil {
		return "", fmt.Errorf("writing the program that calls C: %w", err)
	}
	program = filepath.Join(dir, "cgocall")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	cmd := exec.CommandContext(ctx, goTool, "build", "-o", program, source)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "GOFLAGS=", "GOWORK=off", "GO111MODULE=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building a program that calls C: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return program, nil
}

// takeCgo takes over what the program measured.
func (r *run) takeCgo(out []byte) error {
	var arms []struct {
		Name string
		Ops  []int64
		NS   []float64
	}
	if err := json.Unmarshal(out, &arms); err != nil {
		return fmt.Errorf("reading what the program that calls C measured: %w", err)
	}
	for _, a := range arms {
		if len(a.Ops) != r.size.Rounds || len(a.NS) != r.size.Rounds {
			return fmt.Errorf("the program that calls C measured %d rounds of %s, and %d were asked for", len(a.Ops), a.Name, r.size.Rounds)
		}
		for i, ops := range a.Ops {
			r.m.add(a.Name, sample{ops, []reading{{"ns/op", a.NS[i]}}})
		}
	}
	return nil
}
