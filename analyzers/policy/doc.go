// Package policy holds packages to what the configuration requires and forbids there.
//
// # What
//
// The section policy of .lagvet.yml says what holds in the packages below a path:
//
//	policy:
//	  packages:
//	    - path: internal/match/**
//	      require: [nonblocking]        # a directive that each exported function carries
//	      forbid: [disk, net, wallclock] # effects that no function there has
//	      reason: the matching loop
//	  allow:
//	    max-age: 180d
//
// or, where something is only forbidden, in one line each:
//
//	policy:
//	  packages:
//	    internal/match/**: nonblocking
//
// The rule reports exported functions and methods without a directive that is
// required (with functions: all, the others too), and each call or operation by which
// a function there comes to an effect that is forbidden, with the chain that leads to
// it. A contract's name stands for all that the contract forbids: nonblocking for each
// way of waiting, noalloc for alloc.
//
// The lagvet command also reports allow directives that are older than max-age, by
// the date of the commit that wrote their line: what was let pass then should be
// looked at again.
//
// # Why it costs
//
// What keeps a hot path fast is an agreement about a package, and whoever adds a
// function to it need not know. Directives hold functions that somebody thought of; a
// policy holds those that nobody did.
//
// # When it is silent
//
// Outside the packages named, in tests, in generated files. A function fulfils
// a requirement by its own directive, by that of an interface method which it
// implements, or of a func type which it is converted to. About effects: in init
// functions, which run before there is traffic; where the chain goes on in another
// function that is under the same policy, which has the finding.
//
// Findings are proven where the function itself does what is forbidden, likely behind
// a call. What happens only on the way to an error, and what is allocated only if the
// data is large, is suspected, and not shown by default. What a function does only in
// calling what its caller gave it is held against it under strict alone, and so is what
// cannot be told, unless unknown is forbidden by name.
//
// A policy that covers no Go file is said: it would hold nobody.
//
// # How to mend
//
// Add the directive, and mend what its rule then finds. Move what is forbidden out of
// the package, or to where the package is set up. For one place with a reason:
// //lagvet:allow policy -- why. Look at an old allow again: remove it if the code has
// changed, or write its line anew, with what is still true.
//
// The rule speaks for every version of Go. What escapes is the compiler's to say,
// so of alloc a host that does not run it (golangci-lint, gopls, nogo) finds less.
package policy
