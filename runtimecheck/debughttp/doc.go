// Package debughttp serves what package runtimecheck says of the program that it is part
// of, as /debug/pprof serves profiles. It is a package of its own because it needs
// net/http, and programs that only check themselves at their start do not.
//
//	profile, err := posture.Load("latency")
//	…
//	handler, err := debughttp.Handler(profile)
//	…
//	debug := http.NewServeMux() // of its own, for a listener of its own
//	debug.Handle("/debug/lagvet", handler)
//	go http.ListenAndServe("localhost:6060", debug)
//
// # Keep it off the public mux
//
// The report names no secrets: no environment, no command line, no path of the
// executable. It does tell which Go and which kernel settings there are, and where CPUs
// and memory are short, which helps whoever wants to do harm. So it is not for the
// internet. Handler registers itself nowhere; put it on a listener of its own as above,
// on localhost or a management network, or behind what authenticates. Never hand it to
// [http.DefaultServeMux] if that is served to the world.
//
// # What it answers
//
// GET and HEAD, in text, or in JSON if the request accepts application/json or says
// ?format=json (the format is that of docs/doctor.schema.json). With ?fail-on=fail,
// warn or unknown the status is 503 Service Unavailable if a check has that verdict or a
// worse one, for probes that go by the status.
//
// There is one look a second at most: who asks sooner gets the last report, whose time
// it states. A look stops nothing and takes some milliseconds; no goroutine is left when
// the answer is written.
//
// # Traces
//
// [Trace] serves execution traces with samples of the kernel's accounts beside them,
// which say when it was the control group or the CPUs that made a request slow:
//
//	rec, err := recorder.Start(recorder.Options{}) // or nil
//	…
//	debug.Handle("/debug/lagvet/trace", debughttp.Trace(rec))
//
// GET answers with the last seconds that the recorder has, ?seconds=10 with the next ten:
// a zip file with trace.out and trace.out.sched. Without a recorder the next second is
// what there is. Only one trace can be taken at a time; who asks for another, as
// /debug/pprof/trace does, gets the status 503. Where nothing can be sampled the header
// X-Lagvet-Unsampled says why. An answer that could not be written wholly is broken off.
// Traces hold names of functions and whatever the program logs to them: the same holds
// for them as for reports.
package debughttp
