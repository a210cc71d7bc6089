// Package cold calls cold where only the way to a panic, an exit or an error
// return leads, and warm everywhere else.
package cold

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
)

func cold(...any) any { return nil }
func warm(...any)     {}

var ErrBad = errors.New("bad")

type failure struct{ n int }

func (*failure) Error() string { return "" }

func try(...any) error        { return nil }
func get() (int, error)       { return 0, nil }
func find() (*failure, error) { return nil, nil }

var exit = os.Exit

var leave = func(int) {}

func fatal(format string)       { log.Printf(format); os.Exit(1) }
func give(int) (*failure, bool) { return nil, false }

type logger struct{}

func (logger) Fatalf(string, ...any) {}

func guards(a int) error {
	warm()
	err := try()
	if err != nil {
		cold()
	}
	warm()
	if err == nil {
		warm()
	} else {
		cold()
	}
	if nil != err && a > 0 {
		cold()
	} else {
		warm()
	}
	if err != nil || a > 0 {
		warm()
	}
	if !(err == nil) {
		cold()
	}
	if err == nil && a > 0 {
		warm()
	} else {
		warm()
	}
	if err == nil || a > 0 {
		warm()
	} else {
		cold()
	}
	if a != 0 {
		warm()
	}
	var p *failure
	if p != nil { // no error interface: just a pointer
		warm()
	}
	switch {
	case err != nil:
		cold()
	case a > 0:
		warm()
	}
	return err
}

func ends(a int) (int, error) {
	if a == 1 {
		cold()
		return 0, ErrBad
	}
	if a == 2 {
		cold()
		return 0, fmt.Errorf("a is %d", a)
	}
	if a == 3 {
		cold()
		return 0, &failure{a}
	}
	if a == 4 {
		cold()
		panic(cold)
	}
	if a == 5 {
		cold()
		os.Exit(1)
	}
	if a == 51 {
		cold()
		exit(1)
	}
	if a == 52 {
		warm()
		leave(1)
	}
	if a == 6 {
		cold()
		log.Fatalf("a is %d", a)
	}
	if a == 7 {
		cold()
		fatal("a is 7")
	}
	if a == 8 {
		cold()
		logger{}.Fatalf("a is 8")
	}
	if a == 9 {
		warm()
		return 9, nil
	}
	if a == 10 {
		cold()
		return 0, io.ErrUnexpectedEOF
	}
	if a == 11 {
		warm() // passed through: it may have succeeded
		return get()
	}
	if a == 12 {
		warm()
		return 0, try()
	}
	switch a {
	case 13:
		cold()
		return 0, ErrBad
	case 14:
		warm()
	default:
		cold()
		panic("unreachable")
	}
	warm()
	return a, nil
}

func nested(a, b int) error {
	if a > 0 {
		cold()
		if b > 0 {
			cold()
			return ErrBad
		}
		cold()
		return errors.New("other")
	}
	if a < 0 {
		warm()
		if b > 0 {
			warm()
			return nil
		}
		cold() // behind a branch that may return well
		return ErrBad
	}
	if b > 0 {
		for i := range b { // a loop on the way to the panic
			cold(i)
		}
		panic("b")
	}
	if b < 0 {
		switch {
		case a == 1:
			cold()
			return ErrBad
		default:
			cold()
			panic("a")
		}
	}
	if b == 7 {
		select {}
	}
	{
		warm()
	}
	return nil
}

func results(a int) (*failure, error) {
	if a == 1 {
		cold()
		return nil, try(a)
	}
	if a == 2 {
		warm()
		return find()
	}
	f, err := find()
	if err == nil {
		warm()
		return f, nil
	}
	cold()
	return f, err
}

func search(xs []int) (int, error) {
	for _, x := range xs {
		warm()
		if x > 0 {
			warm()
			return x, nil
		}
		warm()
	}
	cold()
	return 0, ErrBad
}

func retry() error {
	for {
		err := try()
		if err == nil {
			warm()
			return nil
		}
		cold(err)
	}
}

func firstTry() (int, error) {
	n, err := get()
	if nil == err {
		warm()
		return n, nil
	}
	warm() // nobody looks at the error: this is the long way
	n, err = get()
	return n, err
}

func firstTryInHead() (int, error) {
	if n, err := get(); err == nil {
		return n, nil
	}
	warm()
	return get()
}

func noErrorIsTheError() error {
	err := try()
	if err == nil {
		cold()
		return ErrBad
	}
	if err == io.EOF {
		warm()
		return nil
	}
	return err
}

func errorOnce(xs []int) (n int) {
	for range xs {
		_, err := get()
		if err == nil {
			n++
			continue
		}
		cold()
		fmt.Println(err)
	}
	for range xs {
		_, err := get()
		if err == nil {
			n++
		}
		warm()
		fmt.Println(err)
	}
	return n
}

// serve ends in an error, always: that is how a server ends.
func serve(closed func() bool) error {
	warm()
	for !closed() {
		warm()
		if err := try(); err != nil {
			cold()
			return err
		}
		warm()
	}
	return ErrBad
}

func serveEndless() error {
	for {
		warm()
		_, err := get()
		if err != nil {
			cold()
			return err
		}
		warm()
	}
}

func breaks(a int) error {
	if a > 0 {
		for {
			warm()
			if a > 1 {
				warm()
				break
			}
			if a > 2 {
				warm()
				continue
			}
		}
		return nil
	}
outer:
	for i := range a {
		for range i {
			if a == 5 {
				warm()
				continue outer
			}
			if a == 6 {
				warm()
				break outer
			}
			if a == 7 {
				cold()
				panic("a")
			}
		}
		warm()
	}
	if a == 8 {
		warm()
		goto end
	}
	warm()
end:
	return nil
}

func literals(a int) error {
	f := func() error {
		if a > 0 {
			cold()
			return ErrBad
		}
		warm()
		return nil
	}
	if err := f(); err != nil {
		defer func() {
			cold()
		}()
		return fmt.Errorf("f: %w", err)
	}
	defer func() {
		warm()
		if err := recover(); err != nil {
			warm() // what recover returns is no error
		}
	}()
	return nil
}

// alwaysFails was called for its work, whatever it returns.
func alwaysFails() error {
	warm()
	return ErrBad
}

func named(a int) (n int, err error) {
	if a > 0 {
		warm() // what err holds cannot be told
		return
	}
	if n, err = get(); err != nil {
		cold()
		return
	}
	warm()
	return n, nil
}

func selects(a, b chan int) error {
	select {
	case <-a:
		warm()
	case <-b:
		cold()
		return ErrBad
	}
	if len(a) > 0 {
		select {
		case <-a:
			cold()
			return ErrBad
		case <-b:
			cold()
			panic("b")
		}
	}
	switch len(a) {
	case 1:
		cold()
		return ErrBad
	}
	warm()
	switch x := any(a).(type) {
	case int:
		warm(x)
		fallthroughs(x)
	case string:
		cold()
		return ErrBad
	}
	return nil
}

func fallthroughs(a int) {
	switch a {
	case 1:
		warm()
		fallthrough
	case 2:
		cold()
		panic("2")
	case 3:
		for {
			warm()
		}
	}
	if len(os.Args) > 3 {
		for {
			cold()
			panic("each turn")
		}
	}
}

func preparing(xs []error) {
	if len(xs) > 3 {
		for i, x := range xs {
			if x == nil {
				cold()
				continue
			}
			if i > 9 {
				cold()
				break
			}
			cold()
		}
		panic(xs)
	}
	if len(xs) > 2 {
		for i := range xs {
			if i > 9 {
				warm()
				return
			}
			warm() // a turn may return well
		}
		panic(xs)
	}
}

func mayBeTrue(a int) (bool, error) {
	if a > 1 {
		warm() // false may be the answer
		return false, try()
	}
	return true, nil
}

func text(a int) (string, error) {
	if a > 1 {
		cold()
		return "", try()
	}
	return "x", nil
}

func someResult(a int, f *failure) (*failure, int, error) {
	if a > 1 {
		warm()
		return f, 0, try()
	}
	if a > 2 {
		warm()
		return nil, 7, try()
	}
	if a > 3 {
		warm()
		return nil, a, try()
	}
	if a > 4 {
		cold()
		return nil, 0, try()
	}
	return nil, 0, nil
}

func structResult(a int) (failure, int, error) {
	if a > 1 {
		cold()
		return failure{}, 0, try()
	}
	if a > 2 {
		warm()
		return failure{a}, 0, try()
	}
	return failure{}, 0, nil
}

func helper(a int) {
	if a > 0 {
		cold()
		dies()
	}
	if a > 1 {
		warm()
		mayDie(a)
	}
	if a > 2 {
		cold()
		diesWithLiteral()
	}
	if a > 3 {
		warm()
		nothing()
	}
}

func diesWithLiteral() {
	f := func() int { return 1 }
	panic(f())
}

func nothing() {}

func dies() { fatal("") }

func mayDie(a int) {
	if a > 3 {
		return
	}
	panic(a)
}

func runs(a int, xs []int) error {
	if a == 1 {
		cold()
		cold()
		cold()
		return ErrBad
	}
	if a == 2 {
		return fmt.Errorf("%v", cold())
	}
	if a == 3 {
		panic(cold())
	}
	if a == 4 {
		cold()
		for {
			panic(cold()) // each turn
		}
	}
	if a == 5 {
		warm() // there may be no turn
		for a > len(xs) {
			panic(cold())
		}
	}
	if a == 6 {
		for range xs {
			warm()
		}
		return nil
	}
	if a == 7 {
		warm()
	} else {
		cold()
		return ErrBad
	}
	if a == 8 {
		warm()
	} else if a == 9 {
		cold()
		return ErrBad
	}
	return nil
}

func jumps(a int, xs []int) {
outer:
	for i := range xs {
		for j := range xs {
			if i == j {
				cold()
				break outer
			}
			if i == a {
				warm()
				continue outer
			}
			if i > j {
				warm()
				break
			}
		}
	}
	panic("end")
}

func jumpsInOne(a int, xs []int) {
	for range xs {
		if a == 1 {
			cold()
			break
		}
		if a == 2 {
			warm()
			continue
		}
		switch a {
		case 3:
			warm()
			break
		case 4:
			warm()
			continue
		}
	}
	panic("end")
}

func clauses(a int, c, d chan int) error {
	if a == 1 {
		cold()
		switch {
		case len(c) > 0:
			return ErrBad
		default:
			panic(a)
		}
	}
	if a == 2 {
		warm() // there may be no such case
		switch {
		case len(c) > 0:
			return ErrBad
		}
		return nil
	}
	if a == 3 {
		warm()
		switch {
		case len(c) > 0:
			warm()
		default:
			return ErrBad
		}
		return nil
	}
	if a == 4 {
		cold()
		select {
		case <-c:
			return ErrBad
		case <-d:
			panic(a)
		}
	}
	if a == 5 {
		warm()
		select {
		case <-c:
			return ErrBad
		case <-d:
		}
		return nil
	}
	return nil
}

func errorCase(a int, err error, c, d chan int) {
	if a == 2 {
		warm()
		switch {
		case len(c) > 0:
			warm()
		default:
			panic(a)
		}
	}
	if a == 3 {
		warm()
		switch {
		case len(c) > 0:
			panic(a)
		}
	}
	if a == 4 {
		warm()
		select {
		case <-c:
			panic(a)
		case <-d:
		}
	}
	if a == 1 {
		cold()
		switch {
		case err != nil:
			cold()
		default:
			panic(a)
		}
	}
}

// Its literal may return well, but it cannot.
func onlyFails() error {
	f := func() error { return nil }
	warm(f)
	return ErrBad
}

func elseSucceeds(a int) error {
	if err := try(); err != nil {
		return err
	} else if a > 0 {
		return nil
	}
	cold()
	return ErrBad
}

func swallows() error {
	if err := try(); err != nil {
		return nil
	}
	warm()
	return ErrBad
}

func inHead() (n int, err error) {
	if n, err = get(); nil == err {
		warm()
		return n, nil
	}
	cold(err)
	return 0, err
}

type request struct{ err error }

func (r *request) handle() {
	if r.err == nil {
		warm()
		return
	}
	warm(r.err) // only variables are followed
}
