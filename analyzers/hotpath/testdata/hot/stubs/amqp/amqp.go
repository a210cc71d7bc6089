// Package amqp091 has what the fixtures need of the real one.
package amqp091

type Delivery struct{ Body []byte }
