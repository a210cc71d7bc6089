// Package zap is a logger whose every method comes to one that may end the process.
package zap

import "os"

type Logger struct{ after hook }

type hook interface{ then() }

type exits struct{}

func (exits) then() { os.Exit(1) }

type nothing struct{}

func (nothing) then() {}

func New(strict bool) *Logger {
	if strict {
		return &Logger{exits{}}
	}
	return &Logger{nothing{}}
}

func (l *Logger) write(msg string) {
	println(msg)
	l.after.then()
}

func (l *Logger) Info(msg string)  { l.write(msg) }
func (l *Logger) Error(msg string) { l.write(msg) }
func (l *Logger) Fatal(msg string) { l.write(msg) }
