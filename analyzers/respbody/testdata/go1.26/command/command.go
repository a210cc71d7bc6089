// Package command has commands that run once.
package command

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"
)

// Status returns the command of that name.
func Status(c *http.Client) *cobra.Command {
	return &cobra.Command{Use: "status", RunE: func(cmd *cobra.Command, args []string) error {
		return status(c, args[0])
	}}
}

// The process ends with it.
func status(c *http.Client, u string) error {
	resp, err := c.Get(u) // want `suspected: response body is never closed`
	if err != nil {
		return err
	}
	fmt.Println(resp.Status)
	return nil
}

// What it serves goes on.
func serve(c *http.Client) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		resp, err := c.Get(r.URL.String()) // want `likely: response body is never closed`
		if err != nil {
			return
		}
		w.WriteHeader(resp.StatusCode)
	}
}
