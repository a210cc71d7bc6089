// Package budgets tells how long a context or an outgoing request may live: whether
// anything gives it a deadline and, where that is a constant, which.
//
// [Index.Context] and [Index.Request] follow an expression back: through local
// variables, fields and functions of the package, and, for a parameter, to the
// calls of its function that are seen. A function that is looked into stands for the
// call that led there, not for all calls of it.
//
// Of several ways by which a value may come about in one function one deadline is
// enough; of several callers each must set one. So what is called [Endless] is so for
// a caller that can be shown, and what cannot be told is [Unseen] or [Unknown].
// Functions of other packages that return a context with a deadline are known by facts.
package budgets
