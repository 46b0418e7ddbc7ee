"""The part of .NET that expressions may use: each module declares members by their signatures in C#, and what they do."""
