// Package logsplit finds logs and metrics that do not tell what a slow request was about, or tell too much to be kept.
//
// # What
//
// Anywhere:
//
//   - a metric that is labelled with what has no bound: the text of an error, the path,
//     query or address of a request, a header, a form value, a time, a new identity.
//
// On the way of a request:
//
//   - fmt.Print and its like, in a package that has a structured logger;
//   - a call of log/slog that leaves out the context in scope, in a package that logs with
//     contexts elsewhere;
//   - an error that is logged and neither counted nor returned.
//
// In code:
//
//	func (s *server) order(w http.ResponseWriter, r *http.Request) {
//		requests.WithLabelValues(r.Method, r.URL.Path).Inc()         // finding
//		if err := s.store.Put(r.Context(), o); err != nil {
//			failures.WithLabelValues(err.Error()).Inc()          // finding
//			slog.Error("put", "err", err)                        // finding
//
// Labels are those of Prometheus (WithLabelValues, With), attributes that
// OpenTelemetry's instruments are given, and keys of an expvar.Map. Values are followed
// through variables, formats and conversions, through functions that return one
// expression, and up to the callers of functions that label a metric with a parameter,
// in other packages too: then the finding stands where the value is given, with the
// chain down to the metric.
//
// # Why it costs
//
// Each combination of label values is a series of its own, some kilobytes of memory in
// the process for as long as it runs, and a line of each scrape. The path of a request
// is as many as clients can think of: the first scanner that comes by leaves
// a hundred thousand series behind, a scrape that took a millisecond takes seconds, the
// heap that the collector marks grows for good, and the metrics' server, which
// has it all twice, falls over just when somebody wants to know why.
//
// The other way round, what is only logged cannot be seen in a rate, and what is
// counted without a trace cannot be followed to the request. A line without the context
// has no trace identity, and the one slow request in a million is not to be found
// among the lines of the others. A print goes to a file or a terminal under a lock, for
// every request, and no level turns it off.
//
// # When it is silent
//
//   - labels of constants, of the method and the status, of types and enumerations, of a
//     route's pattern, of configured names;
//   - the text of an error that is a variable of a package (ErrClosed.Error());
//   - attributes of spans and of logs;
//   - a value that is given one of several things, as one that is replaced by
//     "other" if it is not known, and what a function makes of it that does more than
//     return one expression;
//   - errors that are returned, answered to the client, counted, sent or kept;
//   - a logger that was made for the request, and holds what tells of it;
//   - handlers for diagnosis, command-line output, test files.
//
// It is only suspected, which is for the audit:
//
//   - an error that is only logged: that is how many programs do it;
//   - a label that is an identity by its name (tenantID): there may be a few of them;
//   - a label whose value is asked for in a condition before, or whose metric has
//     series deleted;
//   - prints where the package has no other logger, log.Print where it has one;
//   - slog without the context: whether a handler takes anything from it is not seen.
//
// # How to mend
//
// Label with what there are a few of, and put the rest into the log or the trace:
//
//	requests.WithLabelValues(r.Method, r.Pattern).Inc()
//	...
//	failures.WithLabelValues(class(err)).Inc()                       // "timeout", "refused", "other"
//	slog.ErrorContext(r.Context(), "put", "err", err)
//
// The suggested fix passes the context to slog.
//
// # Go versions
//
// All. log/slog is there from Go 1.21, http.Request.Pattern from Go 1.23.
package logsplit
