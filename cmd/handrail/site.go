package main

import (
	"context"
	"sync/atomic"

	"handrail/bot"
	"handrail/internal/web"
)

// site is where people's browsers reach the bot.
type site struct {
	// bound is the address that local mode listens on; empty until it does.
	bound atomic.Pointer[string]
	cfg   Config
}

func newSite(cfg Config) *site { return &site{cfg: cfg} }

// address gives the address for links; "" where nobody has said it.
func (s *site) address() string {
	if bound := s.bound.Load(); s.cfg.URL == "" && s.cfg.Local() && bound != nil {
		return "http://" + *bound
	}
	return s.cfg.URL
}

// listening notes the bound address, and tells it to next, which may be nil.
func (s *site) listening(next func(addr string)) func(addr string) {
	return func(addr string) {
		s.bound.Store(&addr)
		if next != nil {
			next(addr)
		}
	}
}

// reports gives the reports that the bot has offered.
func reports(b *bot.Bot) web.Find {
	return func(ctx context.Context, secret string) (*web.File, error) {
		file, ok, err := b.File(ctx, secret)
		if err != nil || !ok {
			return nil, err
		}
		return &web.File{Name: file.Name, Write: file.Write}, nil
	}
}

// contents gives the files of tickets that the bot has offered.
func contents(b *bot.Bot) web.Find {
	return func(ctx context.Context, secret string) (*web.File, error) {
		file, ok, err := b.Content(ctx, secret)
		if err != nil || !ok {
			return nil, err
		}
		return &web.File{Name: file.Name, Type: file.Type, Size: file.Size, Write: file.Write}, nil
	}
}
