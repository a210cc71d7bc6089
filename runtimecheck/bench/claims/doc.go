// Package claims measures on the machine at hand what is said of techniques against
// tail latency, and says whether it holds there.
//
// A [Claim] is one such statement, with the figure that is claimed, what a measurement
// must show for it to hold, and the bench that measures it. [All] lists them.
// Figures that are claimed are somebody's, of another machine and another program; none
// of them is known to be true. [Measure] measures one claim in this process,
// [Supervisor.Run] in a child process, so that collectors' settings, pinned threads and
// panics stay there; [Judge] makes a [Result] of either.
//
// # How it is measured
//
// A bench has arms, ways to do the same work. They take turns, round after round, each
// round beginning with another arm, so that whatever drifts (heat, neighbours, the page
// cache) falls on all of them. Each arm yields one reading for each unit in each round.
// A [Condition] asks of the readings of one arm, or of their ratio to those of another
// arm in the same round; the median over the rounds, and its confidence interval without
// an assumption about the distribution, are those of golang.org/x/perf/benchmath.
//
// Where load comes at a rate, latency counts from the time when the work was due, not
// from when somebody got round to it. What measuring itself costs is measured beside
// ([Overhead]) and never subtracted.
//
// # When it holds
//
// The whole interval must be on the right side of the bound: [Holds]; if it is on the
// wrong side: [Fails]; if it has the bound inside, or if an idle thread of this machine
// is kept waiting for longer than the effect that is looked for: [Noisy]. A bench that
// this machine is not made for is [NotHere], one that crashed or hung [Broken]; both say
// why.
//
// The bounds of claims with a figure come from that figure by one rule: at least half of
// the effect must be there, on a logarithmic scale (claimed four times as fast, it holds
// from twice as fast on); a cost in time must be met within a factor of two. Where no
// figure is claimed the direction alone counts.
package claims
