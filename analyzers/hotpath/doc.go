// Package hotpath tells which functions are hot, which run on behalf of a
// request, and who says so.
//
// # Hot
//
// A function is hot if its doc comment says //lagvet:hot, //lagvet:nonblocking
// or //lagvet:noalloc, if such a directive on an interface method or a func
// type binds it, or if the configuration names it.
//
// Hotness passes down the calls within the package: into functions called or
// deferred, and into functions and literals passed to another function, which
// is taken to call them. It does not pass
//
//   - into a go statement, or what errgroup.Group.Go and its kin spawn: the
//     caller does not wait for the goroutine, and what that costs is said at
//     the statement that spawns it;
//   - into literals that are stored or returned: somebody else calls them;
//   - from a cold branch;
//   - into another package, where whoever reads the code cannot see why it
//     would be hot: there the finding stands at the call, with its chain.
//
// A function that is reached by several ways has the shortest chain.
//
// # Contracts
//
// What an interface method or a func type is marked with binds the methods that
// implement it and the functions that are converted to it, in this package and,
// by a fact, in those that import it. A function of another package that cannot
// know of the contract comes under it where it is converted ([Conversion]).
//
// # Hot by profile
//
// A CPU profile names functions; the analyzer's flag gives it, in pprof's format
// or as the [Digest] of one. A function is charged with the time in which it is
// the innermost one outside the standard library, its work, because that is
// what mending it can save. Hot are
//
//   - the functions that together do 80 % of the work, each of them at least one
//     part in a thousand of all CPU time, and at least five samples;
//   - the functions with one hundredth or more of CPU time, all that they call
//     included, of which at least a thousandth part is their own work, in at
//     least two samples. That tells what runs for each request from what set
//     the server going: main has all the time there is, and no work.
//
// From these, hotness passes down as from a directive, to those functions that
// the profile shows at work: what it has no samples of is not hot for being
// called. A directive passes hotness down whatever a profile says.
//
// Functions are matched by their full name, literals by the distance of their
// line from that of the function around them, or by their number; never by the
// name of a file. A package main is known in a profile as "main" only: there
// the name of the directory or of the binary must agree.
//
// # Cold branches
//
// A branch is cold if it is the body of "if err != nil", what follows an
// "if err == nil" that leaves, or if each of its paths ends in a panic, an exit
// or the return of an error that is not merely what some call returned. Loops
// are taken to come round again: a server's loop is not cold because it ends
// in ErrServerClosed. A branch in which a profile has samples is not cold.
//
// # Roots
//
// A request root is a function that runs for a request: an HTTP handler in
// any form that has a ResponseWriter and a Request, the handlers of gin, echo,
// fiber and fasthttp by the type of their context, the methods of a gRPC
// service that is registered or embeds its UnimplementedXServer, gRPC
// interceptors, message handlers of sarama, NATS and Pub/Sub, and what
// //lagvet:root or the configuration names. In a loop that receives AMQP, Kafka or
// NATS messages the body of the loop is one. Being reached from a root passes
// down as hotness does, and further: into goroutines and along error paths,
// which run for the request too.
//
// What a test serves is no request, so test files have roots by directive only.
//
// # Using it
//
// A rule requires [Analyzer] and asks its [Info] about a function (Hot, Root,
// Contract) or a position (HotAt, RootAt, Cold). The analyzer needs syntax and
// types only. A host gives the profile, makes its [Digest] once where packages
// are analysed in processes of their own, asks [MayBeHot] before it runs the
// compiler for a package, and looks at Matches: a profile that knows no function
// of any package is the profile of something else.
package hotpath
