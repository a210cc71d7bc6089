// Package timetable joins the timesheets of the packages of a program: what each
// endpoint is given, and what each call that it comes to may take.
//
// [Endpoints] walks down from the handlers of each endpoint. What bounds a call is
// gathered on the way back up: the timeout of the client bounds one attempt, a deadline
// set within a retry loop each of them, one set around the loop all together, and a
// context that is handed down carries the deadlines of those above as long as each
// function derives its own from it. Retries multiply.
//
// A method of an interface of the program stands for its implementations, if these are
// few; the endpoint counts those calls that are not followed.
package timetable
