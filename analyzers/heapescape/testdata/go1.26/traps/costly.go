package traps

import (
	"fmt"
	"log/slog"
)

// What formatting and logging cost, their arguments included, hotcall says.
//
//lagvet:hot
func costly(log *slog.Logger, id int, venue string) string {
	log.Info("order", "id", id)
	return fmt.Sprintf("%s/%d", venue, id)
}
