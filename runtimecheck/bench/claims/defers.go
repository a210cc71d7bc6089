package claims

import "context"

func deferClaims() []Claim {
	openCoded := "since Go 1.14 the compiler runs up to eight defers of a function inline (open-coded) if none is in a loop; the figures do not say which kind they are of"
	return []Claim{{
		ID:        "defer.three",
		Technique: "no chain of three defers on a hot path",
		Says:      "three defers cost 12 to 18 ns",
		Holds:     []Condition{{Arm: "3 defers, inline", Beyond: "3 calls", Unit: "ns/op", Claimed: 15, Min: 15.0 / 2}},
		Disputed:  openCoded,
		Why:       "a defer that is not inline makes a record and links it, and returning walks the list",
		Do:        "keep defers out of loops, and below nine a function: then they are run inline, without a record; lagvet's rule hotdefer finds those that are not inline",
		bench:     benchDefers,
	}, {
		ID:        "defer.six",
		Technique: "no chain of six defers on a hot path",
		Says:      "six defers cost 34 ns or more",
		Holds:     []Condition{{Arm: "6 defers, inline", Beyond: "6 calls", Unit: "ns/op", Claimed: 34, Min: 34.0 / 2}},
		Disputed:  openCoded,
		Why:       "as for three",
		Do:        "as for three; the arms show what each kind costs here",
		bench:     benchDefers,
	}}
}

// benchDefers has the compiler make each kind of defer there is.
func benchDefers(ctx context.Context, r *run) error {
	var count int
	each := func(f func(*int)) func(n int) {
		return func(n int) {
			for range n {
				f(&count)
			}
		}
	}
	r.note("each call, deferred or not, adds one to a variable")
	return r.interleave(ctx,
		loop("3 calls", each(callThree)),
		loop("3 defers, inline", each(deferThree)),
		loop("3 defers in a loop, records on the heap", each(func(p *int) { deferLoop(p, 3) })),
		loop("6 calls", each(callSix)),
		loop("6 defers, inline", each(deferSix)),
		loop("6 defers in a loop, records on the heap", each(func(p *int) { deferLoop(p, 6) })),
		loop("9 defers, records on the stack", each(deferNine)),
	)
}

//go:noinline
func increment(p *int) { *p++ }

//go:noinline
func callThree(p *int) {
	increment(p)
	increment(p)
	increment(p)
}

//go:noinline
func callSix(p *int) {
	increment(p)
	increment(p)
	increment(p)
	increment(p)
	increment(p)
	increment(p)
}

//go:noinline
func deferThree(p *int) {
	defer increment(p)
	defer increment(p)
	defer increment(p)
}

//go:noinline
func deferSix(p *int) {
	defer increment(p)
	defer increment(p)
	defer increment(p)
	defer increment(p)
	defer increment(p)
	defer increment(p)
}

// deferNine has one defer more than the compiler runs inline (maxOpenDefers in
// cmd/compile/internal/ssagen is 8).
//
//go:noinline
func deferNine(p *int) {
	defer increment(p)
	defer increment(p)
	defer increment(p)
	defer increment(p)
	defer increment(p)
	defer increment(p)
	defer increment(p)
	defer increment(p)
	defer increment(p)
}

//go:noinline
func deferLoop(p *int, n int) {
	for range n {
		defer increment(p) //lagvet:allow hotdefer -- this is what is measured
	}
}
