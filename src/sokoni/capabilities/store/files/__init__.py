"""Products in and out of files: ours, Shopify's and WooCommerce's."""
