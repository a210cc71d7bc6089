// Package hardexit finds ends of the process that cut off requests in flight.
//
// # What
//
//   - os.Exit, log.Fatal, or the Fatal of another logger in code that runs for a
//     request: one that fails ends all the others. It is followed through the
//     calls of the module, in any package.
//   - panic because of an error, in a goroutine that a request starts. net/http
//     recovers the panics of its own goroutines; one in any other ends the process.
//   - an exit that is the first thing done when a signal comes, in a package that
//     serves clients.
//   - log.Fatal(srv.ListenAndServe()), or the same with an if, where the server is
//     shut down elsewhere in the package: ListenAndServe returns the moment that Shutdown
//     begins, and the exit does not wait for what Shutdown waits for.
//   - an HTTP server that nothing shuts down, in a package that asks to be told of the
//     signals which end a process.
//   - work that waits for the network, or sleeps, in the loop that receives signals, if
//     the channel holds one signal: a SIGTERM that comes behind another is lost
//     meanwhile, and whoever waits for the process kills it in the end.
//
// The finding stands at the exit, the panic, the call that serves or the work; its chain
// shows how the request or the signal leads there. What is
// only suspected of an exit in another package is told once, however many calls come to it.
//
// # Why it costs
//
// A process is ended often: at each release, each change of a node, each time that an
// autoscaler thinks again. If that cuts off what is in flight, each of these
// costs some clients an error or a retry, at the worst moment, when fewer processes
// share the load. An exit on the way of a request is worse: whoever can make that
// request fail can take the whole process down with everybody's requests, and do it
// again once it is back. And os.Exit runs no deferred call: files are not flushed, locks
// and leases not given back, so that others wait until they time out.
//
//	func (s *shop) order(w http.ResponseWriter, r *http.Request) {
//		o, err := s.store.Load(r.Context(), r.FormValue("id"))
//		if err != nil {
//			log.Fatalf("loading an order: %v", err) // finding
//		}
//
// # When it is silent
//
//   - In start-up, commands and tests: where no request and no signal leads.
//   - Panics in the goroutine of the handler itself, and in a goroutine that recovers
//     by a deferred function.
//   - On requests that ask for the end of the process: a handler, or a path that it is
//     mounted at, which is named after that (shutdown, restart, upgrade, …).
//   - On signals: after anything that may have given clients time, which is whatever does
//     more than write a log; on a second signal, or another condition; in a package that
//     does not serve.
//   - Where an exit tells http.ErrServerClosed from other errors.
//   - For servers of metrics, profiles, health checks and the like, and where anything
//     in the package closes or stops a server, or the server is handed to other code.
//   - For work in a signal loop that ends with it or that a signal to end the process
//     asks for, that runs in a goroutine of its own, or whose channel has more room.
//
// It is suspected only, which is for the audit, if no error leads to the exit, or none
// but that of an encoder of values in memory, because that is how an assertion looks; if
// the function is given constants and asks nobody else; if more than eight calls lie between it and the request; if it is in a sync.Once; if
// nothing but the name of an interface's method says that it ends the process; and in a
// signal loop if the work is with files, or if the loop waits for reloads only, where
// a signal that is lost asks for nothing new.
//
// What a logger of another module does is told by the name of what is called: each of
// its methods leads to an exit that only Fatal comes to.
//
// # How to mend
//
// Return the error, and answer the one request with it. For the signals:
//
//	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
//	defer stop()
//	go func() {
//		if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
//			log.Fatal(err)
//		}
//	}()
//	<-ctx.Done()
//	stop() // the second signal ends the process at once
//	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
//	defer cancel()
//	if err := srv.Shutdown(ctx); err != nil {
//		log.Print(err)
//	}
//
// An exit that is right where it is: //lagvet:allow hardexit -- why.
//
// # Go versions
//
// All; (*http.Server).Shutdown is there since Go 1.8.
package hardexit
