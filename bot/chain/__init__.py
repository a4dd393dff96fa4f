"""EVM chains over JSON-RPC: asked carefully, believed never more than was checked."""
