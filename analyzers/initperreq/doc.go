// Package initperreq finds costly set-up that is done again for each request or in each turn of a loop.
//
// # What
//
// Something that takes long to build, is the same each time and may be shared,
// built where a request is served:
//
//	func (s *shop) order(w http.ResponseWriter, r *http.Request) {
//		if !regexp.MustCompile(`^[0-9]+$`).MatchString(r.FormValue("id")) {   // finding
//			...
//		client := &http.Client{Transport: &http.Transport{MaxIdleConns: 10}}  // finding
//		resp, err := client.Do(req)
//
// or in a loop, wherever that stands, if nothing in it changes what is built.
// These are
//
//   - regular expressions: regexp.Compile and its kin, regexp.MatchString, which
//     compiles its pattern each time, regexp2, globs;
//   - templates that are parsed, of text/template and html/template;
//   - pools of certificates and key pairs: x509.SystemCertPool,
//     AppendCertsFromPEM, tls.LoadX509KeyPair, tls.X509KeyPair; a tls.Config that
//     goes straight to tls.Dial and its kin is only suspected;
//   - http.Transport, a literal or a Clone (an http.Client without one shares the
//     default transport and is no finding), sql.Open and the pools of sqlx, gorm and
//     pgx, gRPC channels;
//   - strings.NewReplacer, time.LoadLocation;
//   - JSON schemas, validators and codecs that keep what reflection found, compiled
//     expressions (expr, cel, gojq, jmespath), policies of bluemonday and goldmark,
//     configurations of the AWS SDK.
//
// It is followed through calls: a function that builds such a thing whenever it
// is called, out of nothing but constants or of arguments that are constants
// here, is as bad as what it calls. Within a package the finding stands where
// the thing is built, else at the first call, with the chain.
//
// # Why it costs
//
// Per call, and what is left of it when it is shared (go test -bench=.
// ./analyzers/initperreq, Go 1.26 on two busy cores, so to an order of magnitude):
//
//	regexp.MustCompile of an e-mail address, and a match   10 µs, the match alone 1 µs
//	template.Parse of one line with a range and an if      10 µs
//	strings.NewReplacer of three pairs, and Replace        10 µs, Replace alone 0.1 µs
//	time.LoadLocation                                      10 µs and several system calls
//	x509.SystemCertPool, after the first call              60 µs
//
// all of it garbage afterwards. A transport per request costs far more: each
// request dials and shakes hands, and each leaves an idle connection and two
// goroutines behind, which nobody will use and which stay for as long as the
// other side lets them.
//
// # When it is silent
//
//   - Package-level variables, init, start-up.
//   - What is built once and kept: in a sync.Once, OnceFunc or OnceValue, behind
//     a check for nil, a missing map entry, a flag or a clock.
//   - What is made of something that comes with the request, or changes in the loop.
//   - Where what is built before a closure is used in it only.
//   - Loops that end with the function only: how often those turn, work decides. And
//     the turn of a loop that is its last, as in a search.
//   - Patterns in hot code: there hotcall speaks.
//
// It is only suspected, which is for the audit, where
//
//   - what is built is made of a field, a variable or what a function returns,
//     which may change (a transport, a database and a channel excepted: these are
//     worth sharing whatever they are made of; where they depend on the request, one
//     for each kind of request may be worth keeping, which is suspected too);
//   - what is built is put into a field, a map, a channel, a callback, or is handed to
//     a function that by its name keeps it, or is what a callback returns: then it is not
//     for this request alone;
//   - a transport is told to keep no connections, or a condition asks by its name for
//     something to be read again, as in a development mode;
//   - an error leads there, a goroutine that the request starts does it, or the
//     request is for diagnosis, by the path at which its handler is mounted;
//   - the loop turns at start-up, going by the name of its function (New, Load, parse, main)
//     or the package (main), or it calls another function that does it.
//
// # How to mend
//
// A package-level variable is compiled once, at start-up, where a bad pattern
// ends the program and not a request:
//
//	var orderID = regexp.MustCompile(`^[0-9]+$`)
//
// For one regexp.MustCompile of a constant in a function a fix does it, if the
// pattern is valid. What depends on the configuration goes into a field that the
// constructor sets, or into a sync.OnceValue. Compiled regular expressions,
// parsed templates, replacers, clients, transports and databases are safe for
// concurrent use.
//
// # Go versions
//
// All. sync.OnceFunc and OnceValue are there from Go 1.21.
package initperreq
