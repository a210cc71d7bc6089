module example.com/shop

go 1.26

require (
	github.com/jackc/pgx/v5 v5.0.0
	github.com/jmoiron/sqlx v1.0.0
)

replace (
	github.com/jackc/pgx/v5 => ./stubs/pgx
	github.com/jmoiron/sqlx => ./stubs/sqlx
)
