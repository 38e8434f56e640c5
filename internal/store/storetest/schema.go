package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
)

// pool keeps the migrated schemas of the process that no test uses now, by
// their URLs. There are as many as tests run at once.
type pool struct {
	mu   sync.Mutex
	free []string
}

var schemas pool

// take gives the URL of a migrated, empty schema.
func (p *pool) take(ctx context.Context) (string, error) {
	if address, ok := p.pop(); ok {
		return address, nil
	}
	address, err := newSchema(ctx)
	if err != nil {
		return "", err
	}
	if err := (Database{URL: address}).migrate(ctx); err != nil {
		return "", errors.Join(err, execute(ctx, address, dropSchema))
	}
	return address, nil
}

// giveBack empties a schema for the next test.
func (p *pool) giveBack(ctx context.Context, address string) error {
	if err := execute(ctx, address, emptySchema); err != nil {
		return errors.Join(err, execute(ctx, address, dropSchema))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, address)
	return nil
}

// drop removes all schemas.
func (p *pool) drop(ctx context.Context) error {
	var errs []error
	for address, ok := p.pop(); ok; address, ok = p.pop() {
		errs = append(errs, execute(ctx, address, dropSchema))
	}
	return errors.Join(errs...)
}

func (p *pool) pop() (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) == 0 {
		return "", false
	}
	address := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	return address, true
}

// newSchema makes a schema and gives the URL that leads into it.
func newSchema(ctx context.Context) (string, error) {
	address := os.Getenv("TEST_DATABASE_URL")
	if address == "" {
		return "", errors.New("TEST_DATABASE_URL is not set: run the tests with `make test`, which starts a Postgres")
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return "", errors.New("TEST_DATABASE_URL is not a URL")
	}
	schema := "handrail_test_" + strings.ToLower(rand.Text()[:16])
	if err := execute(ctx, address, "CREATE SCHEMA "+schema); err != nil {
		return "", err
	}
	query := parsed.Query()
	query.Set("search_path", schema)
	parsed.RawQuery = query.Encode()
	return parsed.String(), nil
}

const (
	dropSchema  = "DO $$ BEGIN EXECUTE 'DROP SCHEMA ' || current_schema() || ' CASCADE'; END $$"
	emptySchema = `DO $$ BEGIN
		EXECUTE (
			SELECT 'TRUNCATE ' || string_agg(oid::regclass::text, ', ') || ' RESTART IDENTITY' FROM pg_class
			WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
			AND relname NOT IN ('handrail_migrations', 'river_migration'));
	END $$`
)

// execute runs a statement on a connection of its own.
func execute(ctx context.Context, address, statement string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	if _, err := conn.Exec(ctx, statement); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", statement, err), conn.Close(ctx))
	}
	if err := conn.Close(ctx); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}
