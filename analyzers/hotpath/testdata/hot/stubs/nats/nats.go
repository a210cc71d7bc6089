// Package nats has what the fixtures need of the real one.
package nats

type Msg struct{ Data []byte }

type MsgHandler func(*Msg)

type Conn struct{}

func (*Conn) Subscribe(subject string, h MsgHandler) error { return nil }

type Subscription struct{}

func (*Subscription) NextMsg() (*Msg, error) { return nil, nil }
