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
// # Cold branches
//
// A branch is cold if it is the body of "if err != nil", what follows an
// "if err == nil" that leaves, or if each of its paths ends in a panic, an exit
// or the return of an error that is not merely what some call returned. Loops
// are taken to come round again: a server's loop is not cold because it ends
// in ErrServerClosed.
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
// types only.
package hotpath
